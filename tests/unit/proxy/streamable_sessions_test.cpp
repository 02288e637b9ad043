// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "io/gather.hpp"
#include "world.hpp"

using namespace thv;
using namespace thv::test;

namespace {

/// Starts a request and does not wait for it; its answer lands in the returned place.
std::shared_ptr<http::Response> begin(World& at, std::string body, std::string session) {
    auto place = std::make_shared<http::Response>();
    asio::co_spawn(at.context, at.post(std::move(body), std::move(session)),
                   [place](std::exception_ptr failure, http::Response answer) {
                       if (failure) answer.status = -1;
                       *place = std::move(answer);
                   });
    return place;
}

} // namespace

TEST_CASE("nobody speaks to the server without a session: no request, no notification, no reply") {
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        co_await at.open();
        const auto before = at.server->received.size();
        for (const std::string& body :
             {call("1", "echo"), std::string{R"({"jsonrpc":"2.0","method":"notifications/own"})"},
              std::string{R"({"jsonrpc":"2.0","id":1,"result":{}})"}}) {
            const auto without = co_await at.post(body);
            CHECK(without.status == 400);
            const auto forged = co_await at.post(body, "00000000000000000000000000000000");
            CHECK(forged.status == 404);
        }
        CHECK(at.server->received.size() == before);
    });
}

TEST_CASE("a client cannot choose its session's id") {
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        const std::string wanted = "11111111-1111-4111-8111-111111111111";
        const auto answer = co_await at.post(
            R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}})",
            wanted);
        CHECK(answer.status == 200);
        CHECK(*answer.header("mcp-session-id") != wanted);
        const auto used = co_await at.post(call("1", "echo"), wanted);
        CHECK(used.status == 404);
    });
}

TEST_CASE("an ended session is unknown, its call is cancelled and answered, its stream ends") {
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto session = co_await at.open();
        const auto stream = co_await at.stream(session);
        const auto held = begin(at, call("1", "hold"), session);
        co_await until([&] { return at.server->held.size() == 1; });
        http::Request request{.method = "DELETE", .target = "/mcp"};
        request.headers = {{"Mcp-Session-Id", session}};
        const auto ended = co_await at.send(request);
        CHECK(ended.status == 200);
        co_await until([&] { return held->status != 0; });
        CHECK(error_code(*held) == -32000);
        const auto rest = co_await stream->read_all(1000);
        CHECK(events_in(rest).empty());
        co_await until([&] { return at.server->received.back().find("notifications/cancelled") != std::string::npos; });
        const auto after = co_await at.post(call("2", "echo"), session);
        CHECK(after.status == 404);
        CHECK(error_code(after) == -32001);
    });
}

TEST_CASE("two thousand calls at once on one session are all answered, whatever else goes on") {
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto session = co_await at.open();
        std::vector<std::shared_ptr<http::Response>> answers;
        for (int i = 0; i < 2000; ++i)
            answers.push_back(begin(at, call(std::to_string(i), "echo"), session));
        co_await until(
            [&] { return std::ranges::all_of(answers, [](const auto& answer) { return answer->status != 0; }); });
        int good = 0;
        for (int i = 0; i < 2000; ++i)
            if (answers[static_cast<std::size_t>(i)]->body ==
                fmt::format(R"({{"jsonrpc":"2.0","id":{},"result":{{"name":"echo"}}}})", i))
                ++good;
        CHECK(good == 2000);
    });
}

TEST_CASE("more than may wait is refused with 429 and a time to come back") {
    auto options = quick_options();
    options.bridge.in_flight_per_session = 1;
    options.bridge.waiting = 1;
    World world{options};
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto session = co_await at.open();
        const auto first = begin(at, call("1", "hold"), session);
        co_await until([&] { return at.server->held.size() == 1; });
        const auto second = begin(at, call("2", "echo"), session);
        co_await until([&] { return at.proxy.bridge().waiting() == 1; });
        const auto third = co_await at.post(call("3", "echo"), session);
        CHECK(third.status == 429);
        CHECK(*third.header("retry-after") == "1");
        CHECK(mcp::member(third.body, "id") == "3");
        at.server->release();
        co_await until([&] { return first->status == 200 && second->status == 200; });
    });
}

TEST_CASE("a server that does not read makes clients come back later instead of filling the memory") {
    auto options = quick_options();
    options.server_backlog = 1000;
    World world{options};
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto session = co_await at.open();
        std::size_t unwritten = 1000;
        at.proxy.watch_backlog([&unwritten] { return unwritten; });
        const auto before = at.server->received.size();
        for (const std::string& body :
             {call("1", "echo"), std::string{R"({"jsonrpc":"2.0","method":"notifications/own"})"}}) {
            const auto refused = co_await at.post(body, session);
            CHECK(refused.status == 503);
            CHECK(refused.header("retry-after") != nullptr);
        }
        CHECK(at.server->received.size() == before);
        unwritten = 0;
        const auto answer = co_await at.post(call("1", "echo"), session);
        CHECK(answer.status == 200);
    });
}

TEST_CASE("an equal id in flight is refused and the first caller still gets its answer") {
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto session = co_await at.open();
        const auto first = begin(at, call("7", "hold"), session);
        co_await until([&] { return at.server->held.size() == 1; });
        const auto second = co_await at.post(call("7", "echo"), session);
        CHECK(error_code(second) == -32600);
        at.server->release();
        co_await until([&] { return first->status != 0; });
        CHECK(first->body == R"({"jsonrpc":"2.0","id":7,"result":{}})");
    });
}

TEST_CASE("the server learns no session id") {
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto session = co_await at.open();
        co_await at.post(call("1", "echo", R"(,"_meta":{"progressToken":1})"), session);
        for (const auto& line : at.server->received)
            CHECK(line.find(session) == std::string::npos);
    });
}

TEST_CASE("when the server crashes, calls fail at once, sessions stay, and the next server answers them") {
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto session = co_await at.open();
        const auto held = begin(at, call("1", "hold"), session);
        co_await until([&] { return at.server->held.size() == 1; });
        at.crash("exited with code 1");
        co_await until([&] { return held->status != 0; });
        CHECK(held->status == 200);
        CHECK(
            held->body ==
            R"({"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"the server stopped before it answered: exited with code 1"}})");
        const auto waiting = begin(at, call("2", "echo"), session);
        co_await until([&] { return at.proxy.bridge().waiting() == 1; });
        at.connect();
        co_await until([&] { return waiting->status != 0; });
        CHECK(waiting->body == R"({"jsonrpc":"2.0","id":2,"result":{"name":"echo"}})");
        CHECK(mcp::scan(at.server->received.at(0))->method == mcp::Method::initialize);
        CHECK(mcp::scan(at.server->received.at(1))->method == mcp::Method::initialized);
    });
}

TEST_CASE("a client that gives up leaves its call to the server and nothing behind") {
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto session = co_await at.open();
        RawClient raw{at.context.get_executor()};
        co_await raw.connect(at.port());
        const auto body = call("1", "hold");
        co_await raw.send(fmt::format("POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                                      "application/json\r\nMcp-Session-Id: {}\r\nContent-Length: {}\r\n\r\n{}",
                                      session, body.size(), body));
        co_await until([&] { return at.server->held.size() == 1; });
        const auto before = at.proxy.connections();
        raw.close();
        co_await until([&] { return at.proxy.connections() < before; });
        at.server->release();
        co_await until([&] { return at.proxy.bridge().in_flight() == 0; });
        const auto next = co_await at.post(call("1", "echo"), session);
        CHECK(next.status == 200);
    });
}

TEST_CASE("an unused session ends after its time, and an open stream is use") {
    auto options = quick_options();
    options.session_ttl = 60ms;
    World world{options};
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto used = co_await at.open();
        const auto stream = co_await at.stream(used);
        const auto unused = co_await at.open();
        co_await until([&] { return at.proxy.bridge().sessions() == 1; });
        const auto gone = co_await at.post(call("1", "echo"), unused);
        CHECK(gone.status == 404);
        const auto alive = co_await at.post(call("1", "echo"), used);
        CHECK(alive.status == 200);
    });
}

TEST_CASE("more sessions than may be are refused with 503 and a time to come back") {
    auto options = quick_options();
    options.sessions = 2;
    World world{options};
    world.connect();
    world.run([](World& at) -> Task<> {
        co_await at.open();
        co_await at.open();
        const auto answer = co_await at.post(
            R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}})");
        CHECK(answer.status == 503);
        CHECK(answer.header("retry-after") != nullptr);
        CHECK(mcp::member(answer.body, "id") == "0");
    });
}

TEST_CASE("a page of an allowed origin may use the proxy, one of another may not") {
    auto options = quick_options();
    options.allowed_origins = {"https://app.example"};
    World world{options};
    world.connect();
    world.run([](World& at) -> Task<> {
        http::Request preflight{.method = "OPTIONS", .target = "/mcp"};
        preflight.headers = {{"Origin", "https://app.example"}, {"Access-Control-Request-Method", "POST"}};
        const auto allowed = co_await at.send(preflight);
        CHECK(allowed.status == 204);
        CHECK(*allowed.header("access-control-allow-origin") == "https://app.example");
        CHECK(allowed.header("access-control-allow-credentials") == nullptr);
        const auto hello =
            R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}})";
        const auto good = co_await at.post(hello, {}, {{"Origin", "https://app.example"}});
        CHECK(good.status == 200);
        CHECK(good.header("access-control-expose-headers")->find("Mcp-Session-Id") != std::string::npos);
        const auto evil = co_await at.post(hello, {}, {{"Origin", "https://evil.example"}});
        CHECK(evil.status == 403);
        CHECK(evil.header("access-control-allow-origin") == nullptr);
        const auto rebound = co_await at.post(hello, {}, {{"Host", "evil.example"}});
        CHECK(rebound.status == 403);
    });
}

TEST_CASE("draining waits for the answers in progress, then everything is closed") {
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto session = co_await at.open();
        const auto stream = co_await at.stream(session);
        const auto held = begin(at, call("1", "hold"), session);
        co_await until([&] { return at.server->held.size() == 1; });
        asio::co_spawn(at.context, at.proxy.drain(10s), asio::detached);
        const auto rest = co_await stream->read_all(1000);
        CHECK(events_in(rest).empty());
        CHECK(held->status == 0);
        at.server->release();
        co_await until([&] { return held->status != 0; });
        CHECK(held->status == 200);
        co_await until([&] { return at.proxy.connections() == 0; });
    });
}
