// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// HTTP of revision 2026-07-28.
#include "world.hpp"

using namespace thv;
using namespace thv::test;

namespace {

std::string modern(std::string_view method, std::string_view params = "") {
    return fmt::format(
        R"({{"jsonrpc":"2.0","id":1,"method":"{}","params":{{{}{}"_meta":{{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{{}}}}}}}})",
        method, params, params.empty() ? "" : ",");
}

http::Headers headers(std::string method, std::string name = {}) {
    http::Headers fields{{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", std::move(method)}};
    if (!name.empty()) fields.emplace_back("Mcp-Name", std::move(name));
    return fields;
}

} // namespace

TEST_CASE("a request of 2026-07-28 needs no session and gets none") {
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto answer = co_await at.post(modern("prompts/list"), {}, headers("prompts/list"));
        CHECK(answer.status == 200);
        CHECK(answer.header("mcp-session-id") == nullptr);
        CHECK(answer.body.find(R"("resultType":"complete")") != std::string::npos);
        const auto ignored = co_await at.post(modern("prompts/list"), "made-up", headers("prompts/list"));
        CHECK(ignored.status == 200);
    });
}

TEST_CASE("what is wrong with a request of 2026-07-28 has its status and its code") {
    struct Case {
        std::string name, body;
        http::Headers headers;
        int status;
        int code;
    };
    static const std::vector<Case> cases{
        {"another method", modern("prompts/list"), headers("tools/list"), 400, -32020},
        {"two methods",
         modern("prompts/list"),
         {{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", "prompts/list"}, {"Mcp-Method", "tools/list"}},
         400,
         -32020},
        {"no _meta", R"({"jsonrpc":"2.0","id":1,"method":"prompts/list"})", headers("prompts/list"), 400, -32602},
        {"no version header", modern("prompts/list"), {{"Mcp-Method", "prompts/list"}}, 400, -32020},
        {"a method that is gone", modern("ping"), headers("ping"), 404, -32601},
        {"a response", R"({"jsonrpc":"2.0","id":1,"result":{}})", headers("x"), 400, -32600},
    };
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        for (const auto& one : cases) {
            CAPTURE(one.name);
            const auto answer = co_await at.post(one.body, {}, one.headers);
            CHECK(answer.status == one.status);
            CHECK(error_code(answer) == one.code);
        }
    });
}

TEST_CASE("2026-07-28 knows POST only") {
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        for (const std::string method : {"GET", "DELETE"}) {
            http::Request request{.method = method, .target = "/mcp"};
            request.headers = {{"MCP-Protocol-Version", "2026-07-28"}, {"Accept", "text/event-stream"}};
            const auto answer = co_await at.send(std::move(request));
            CHECK(answer.status == 405);
            CHECK(*answer.header("allow") == "POST");
        }
    });
}

TEST_CASE("a client of 2026-07-28 that goes away cancels what it asked for") {
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        {
            http::Request request{.method = "POST", .target = "/mcp"};
            request.headers = headers("tools/call", "hold");
            request.headers.emplace_back("Content-Type", "application/json");
            request.body = modern("tools/call", R"("name":"hold")");
            auto speaker = at.client();
            try {
                request.deadline = 300ms;
                co_await speaker.request(std::move(request));
            } catch (const Error& error) {
                CHECK(error.fault() == Fault::timed_out);
            }
        }
        co_await until([&] { return at.server->received.back().find("notifications/cancelled") != std::string::npos; });
        CHECK(at.proxy.bridge().in_flight() == 0);
    });
}

TEST_CASE("a stream of notifications of 2026-07-28 stays open and carries comments") {
    auto options = quick_options();
    options.keep_alive = 30ms;
    World world{options};
    world.connect();
    world.run([](World& at) -> Task<> {
        http::Request request{.method = "POST", .target = "/mcp"};
        request.headers = headers("subscriptions/listen");
        request.headers.emplace_back("Content-Type", "application/json");
        request.headers.emplace_back("Accept", "application/json, text/event-stream");
        request.body = modern("subscriptions/listen", R"("notifications":{"toolsListChanged":true})");
        auto speaker = at.client();
        const auto stream = co_await speaker.open(std::move(request));
        const auto first = co_await read_until(*stream, "keep-alive\n\n");
        CHECK(events_in(first).at(0).find("subscriptions/acknowledged") != std::string::npos);
        at.server->say(R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})");
        const auto next = co_await read_until(*stream, "list_changed");
        CHECK(next.find("id: ") == std::string::npos); // such streams are not resumed
    });
}

TEST_CASE("both ways to speak HTTP are there on one port, for one server") {
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto session = co_await at.open();
        http::Request request{.method = "GET", .target = "/sse"};
        request.headers = {{"Accept", "text/event-stream"}};
        auto speaker = at.client();
        const auto stream = co_await speaker.open(std::move(request));
        const auto endpoint = co_await read_until(*stream, "\n\n");
        auto target = endpoint.substr(endpoint.find("/messages"));
        target.resize(target.find('\n'));
        const auto say = [&](std::string body) {
            http::Request post{.method = "POST", .target = target};
            post.headers = {{"Content-Type", "application/json"}};
            post.body = std::move(body);
            return at.send(std::move(post));
        };
        co_await say(
            R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2024-11-05","capabilities":{},"clientInfo":{"name":"t","version":"1"}}})");
        co_await read_until(*stream, "\n\n");
        const auto same_id = call("1", "echo");
        co_await say(same_id);
        const auto over_sse = co_await read_until(*stream, "\n\n");
        const auto over_mcp = co_await at.post(same_id, session);
        CHECK(events_in(over_sse).at(0) == over_mcp.body);
        const auto elsewhere = co_await at.send({.method = "GET", .target = "/other"});
        CHECK(elsewhere.status == 404);
    });
}
