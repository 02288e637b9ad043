// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/forward.hpp"
#include "world.hpp"

using namespace thv;
using namespace thv::test;

namespace {

const std::string catalogue =
    R"({"tools":[{"name":"fetch","description":"Fetches"},{"name":"echo"},{"name":"secret"}]})";
const std::string shown = R"({"tools":[{"name":"get","description":"Gets"},{"name":"echo"}]})";

proxy::Options viewed(Transport transport = Transport::stdio) {
    auto options = quick_options();
    options.transport = transport;
    options.tools = {"get", "echo"};
    options.tool_changes["fetch"] = {"get", "Gets"};
    return options;
}

/// A server of HTTP that lists its tools in the way of `type`.
struct Backend final : http::Handler {
    explicit Backend(asio::io_context& context)
        : server(context.get_executor(), *this) {
        server.bind("127.0.0.1", 0);
        server.start();
    }
    void request(http::Visit& visit) override {
        bodies.emplace_back(visit.body());
        names.emplace_back(visit.header("mcp-name").value_or(""));
        const auto message = fmt::format(R"({{"jsonrpc":"2.0","id":1,"result":{}}})", catalogue);
        if (visit.header("accept-encoding")) return visit.answer(500, {}, "compressed");
        if (way == "raw") return visit.answer(200, "Content-Type: application/json\r\n", raw);
        if (way == "json") return visit.answer(200, "Content-Type: application/json\r\n", message);
        if (way == "gzip")
            return visit.answer(200, "Content-Type: application/json\r\nContent-Encoding: gzip\r\n", message);
        visit.start(200,
                    way == "events" ? "Content-Type: text/event-stream\r\n" : "Content-Type: application/json\r\n");
        const auto text = way == "events" ? fmt::format("id: 1\ndata: {}\n\n", message) : message;
        visit.send(std::string_view{text}.substr(0, 50));
        visit.send(std::string_view{text}.substr(50));
        visit.finish();
    }
    void gone(http::Visit&) override {}

    http::Server server;
    std::string way = "json";
    std::string raw;
    std::vector<std::string> bodies;
    std::vector<std::string> names;
};

struct Site {
    Site()
        : backend(context)
        , proxy(context.get_executor(), viewed(Transport::streamable_http)) {
        proxy.bind();
        proxy.set_backend("127.0.0.1", backend.server.port());
    }
    void run(Task<> (*work)(Site&)) {
        asio::co_spawn(context, proxy.serve(), asio::detached);
        drive(context, and_close(*this, work));
    }
    void close() {
        proxy.close();
        backend.server.close();
    }
    Task<http::Response> post(std::string body, http::Headers more = {}) {
        http::Request request{.method = "POST", .target = "/mcp"};
        request.body = std::move(body);
        request.headers = std::move(more);
        request.headers.emplace_back("Content-Type", "application/json");
        request.headers.emplace_back("Accept-Encoding", "gzip");
        http::Client client{http::TcpEndpoint{"127.0.0.1", static_cast<std::uint16_t>(proxy.port())}};
        const auto answer = co_await client.request(std::move(request));
        co_return answer;
    }

    asio::io_context context{1};
    Backend backend;
    proxy::HttpProxy proxy;
};

std::string list_request() {
    return R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})";
}

} // namespace

TEST_CASE("clients of a stdio server see its tools as they are to") {
    World world{viewed()};
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto session = co_await at.open();
        const auto called = co_await at.post(call("1", "get"), session);
        CHECK(mcp::member(mcp::member(called.body, "result"), "name") == "\"fetch\"");
        const auto hidden = co_await at.post(call("2", "secret"), session);
        CHECK(hidden.body == R"({"jsonrpc":"2.0","id":2,"error":{"code":-32602,"message":"Unknown tool: secret"}})");
        const auto real = co_await at.post(call("3", "fetch"), session);
        CHECK_THAT(real.body, ContainsSubstring("Unknown tool: fetch"));
        for (const auto& line : at.server->received)
            CHECK(line.find("secret") == std::string::npos);
        // The fake server answers a request with its params.
        const auto listed = co_await at.post(
            fmt::format(R"({{"jsonrpc":"2.0","id":4,"method":"tools/list","params":{}}})", catalogue), session);
        CHECK(mcp::member(listed.body, "result") == shown);
    });
}

TEST_CASE("clients of a server of HTTP see its tools as they are to, whatever way it answers") {
    Site site;
    site.run([](Site& at) -> Task<> {
        for (const auto* way : {"json", "json in pieces", "events"}) {
            INFO(way);
            at.backend.way = way;
            const auto answer = co_await at.post(list_request());
            CHECK(answer.status == 200);
            const auto body = fmt::format(R"({{"jsonrpc":"2.0","id":1,"result":{}}})", shown);
            CHECK(answer.body == (std::string_view{way} == "events" ? fmt::format("id: 1\ndata: {}\n\n", body) : body));
        }
    });
}

TEST_CASE("an answer that cannot be looked into does not reach the client") {
    Site site;
    site.run([](Site& at) -> Task<> {
        at.backend.way = "gzip";
        const auto compressed = co_await at.post(list_request());
        CHECK(compressed.status == 502);
        CHECK(compressed.body.find("secret") == std::string::npos);
        at.backend.way = "raw";
        for (const auto* raw : {R"([{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"secret"}]}}])",
                                R"({"jsonrpc":"2.0","id":1,"ID":1,"result":{"tools":[{"name":"secret"}]}})"}) {
            at.backend.raw = raw;
            const auto answer = co_await at.post(list_request());
            CHECK(answer.status == 502);
            CHECK(answer.body.find("secret") == std::string::npos);
        }
    });
}

TEST_CASE("calls reach a server of HTTP by its own names, in the body and in the header") {
    Site site;
    site.run([](Site& at) -> Task<> {
        co_await at.post(call("1", "get"), {{"Mcp-Name", "get"}});
        REQUIRE(at.backend.bodies.size() == 1);
        CHECK(at.backend.bodies.back() == call("1", "fetch"));
        CHECK(at.backend.names.back() == "fetch");
        const auto hidden = co_await at.post(call("2", "secret"), {{"Mcp-Name", "get"}});
        CHECK_THAT(hidden.body, ContainsSubstring("Unknown tool: secret"));
        const auto batch = co_await at.post("[" + call("3", "secret") + "]");
        CHECK(batch.status == 400);
        CHECK(at.backend.bodies.size() == 1);
    });
}
