// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

using namespace thv;
using namespace thv::test;
using relay::Ending;

namespace {

constexpr auto hello = R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18"}})";
constexpr auto ready = R"({"jsonrpc":"2.0","method":"notifications/initialized"})";

/// A server with one session; `rest` does what is not about beginning and ending it.
World::Action with_session(World::Action rest) {
    return [rest = std::move(rest)](http::Visit& visit, const Asked& asked) {
        if (asked.body.contains("\"initialize\""))
            return visit.answer(200, fmt::format("{}Mcp-Session-Id: s-1\r\n", as_json),
                                result(id_of(asked), R"({"protocolVersion":"2025-06-18","capabilities":{}})"));
        if (asked.line.starts_with("DELETE")) return visit.answer(200, {}, std::string_view{});
        if (asked.body.contains("\"id\"")) return rest(visit, asked);
        if (asked.line.starts_with("POST")) return visit.answer(202, {}, std::string_view{});
        rest(visit, asked);
    };
}

void no_stream(http::Visit& visit) {
    visit.answer(405, {}, std::string_view{});
}

Task<> begin(World& at) {
    at.say(hello);
    at.say(ready);
    co_await at.heard("protocolVersion");
}

} // namespace

TEST_CASE("a session: handshake, the server's own stream, requests and the farewell") {
    World world{with_session([](http::Visit& visit, const Asked& asked) {
        if (!asked.line.starts_with("GET")) return visit.answer(200, as_json, result(id_of(asked)));
        visit.start(200, as_events);
        visit.send(event(R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})"));
    })};
    const auto ending = world.run([](World& at) -> Task<> {
        at.say(hello);
        at.say(ready);
        at.say(R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})");
        co_await at.heard("list_changed");
        co_await at.heard(R"("id":1)");
    });
    CHECK(ending == Ending::answered);
    REQUIRE(world.asked.size() == 5);
    CHECK(world.asked[0].body == hello);
    CHECK(world.asked[0].header("accept") == "application/json, text/event-stream");
    CHECK(world.asked[0].header("mcp-session-id") == "(none)");
    CHECK(world.asked[1].body == ready);
    for (const auto& later :
         {world.asked[1], world.first("GET /mcp"), world.first("POST /mcp", "tools/list"), world.asked[4]}) {
        CHECK(later.header("mcp-session-id") == "s-1");
        CHECK(later.header("mcp-protocol-version") == "2025-06-18");
        CHECK(later.header("mcp-method") == "(none)");
    }
    CHECK(world.asked[4].line == "DELETE /mcp");
}

TEST_CASE("messages pass byte for byte, as one line each") {
    const auto odd =
        R"( {"jsonrpc" :"2.0","id":"ü","method":"tools/call","params":{"a":1e400,"b":12345678901234567890}})";
    World world{with_session([](http::Visit& visit, const Asked& asked) {
        if (asked.line.starts_with("GET")) return no_stream(visit);
        visit.answer(200, as_json,
                     "{\"jsonrpc\": \"2.0\",\r\n \"id\": \"ü\",\n\"result\": {\"n\": 1.50, \"s\": \"\\u00e9\u00a0\"}}");
    })};
    CHECK(world.run([odd](World& at) -> Task<> {
        co_await begin(at);
        at.say(odd);
        co_await at.heard("1.50");
    }) == Ending::answered);
    CHECK(world.first("POST /mcp", "1e400").body == odd);
    CHECK(world.lines().back() ==
          "{\"jsonrpc\": \"2.0\",   \"id\": \"ü\", \"result\": {\"n\": 1.50, \"s\": \"\\u00e9\u00a0\"}}");
}

TEST_CASE("requests do not wait for each other, and answers come as they are ready") {
    World world{nullptr};
    world.action = with_session([&world](http::Visit& visit, const Asked& asked) {
        if (asked.line.starts_with("GET")) return no_stream(visit);
        if (asked.body.contains("slow")) {
            world.open = &visit;
            return;
        }
        visit.answer(200, as_json, result(id_of(asked)));
    });
    CHECK(world.run([](World& at) -> Task<> {
        co_await begin(at);
        at.say(R"({"jsonrpc":"2.0","id":1,"method":"slow"})");
        for (int id = 2; id < 50; ++id)
            at.say(fmt::format(R"({{"jsonrpc":"2.0","id":{},"method":"quick"}})", id));
        for (int id = 2; id < 50; ++id)
            co_await at.heard(fmt::format(R"("id":{},)", id));
        at.finish(); // what is on its way is waited for
        co_await at.until([&at] { return at.open != nullptr; }, "a slow request");
        at.open->answer(200, as_json, result("1", R"({"slow":true})"));
    }) == Ending::answered);
    CHECK(world.lines().back() == result("1", R"({"slow":true})"));
}

TEST_CASE("an answer may come as events, and be taken up again where it broke off") {
    World world{with_session([](http::Visit& visit, const Asked& asked) {
        if (asked.header("last-event-id") == "e-2") {
            visit.start(200, as_events);
            visit.send(event(result("7", R"({"late":1})"), "e-3"));
            return visit.finish();
        }
        if (asked.line.starts_with("GET")) return no_stream(visit);
        visit.start(200, as_events);
        visit.send("id: e-1\nretry: 1\ndata:\n\n");
        visit.send(event(R"({"jsonrpc":"2.0","method":"notifications/progress","params":{}})", "e-2"));
        visit.finish();
    })};
    CHECK(world.run([](World& at) -> Task<> {
        co_await begin(at);
        at.say(R"({"jsonrpc":"2.0","id":7,"method":"tools/call"})");
        co_await at.heard("late");
    }) == Ending::answered);
    CHECK(world.count("POST /mcp", "tools/call") == 1);
    CHECK(world.lines().size() == 3);
}

TEST_CASE("requests of the server's are answered by the client") {
    World world{nullptr};
    world.action = with_session([&world](http::Visit& visit, const Asked& asked) {
        if (asked.line.starts_with("GET")) return no_stream(visit);
        if (asked.body.contains("\"result\"")) {
            visit.answer(202, {}, std::string_view{});
            world.open->send(event(result("1")));
            return world.open->finish();
        }
        world.open = &visit;
        visit.start(200, as_events);
        visit.send(event(R"({"jsonrpc":"2.0","id":"q","method":"sampling/createMessage"})"));
    });
    CHECK(world.run([](World& at) -> Task<> {
        co_await begin(at);
        at.say(R"({"jsonrpc":"2.0","id":1,"method":"tools/call"})");
        co_await at.heard("sampling");
        at.say(result(R"("q")"));
        co_await at.heard(result("1"));
    }) == Ending::answered);
    CHECK(world.first("POST /mcp", result(R"("q")")).header("mcp-session-id") == "s-1");
}

TEST_CASE("every refusal of the server's is the answer to its request") {
    const auto [status, body, answer] = GENERATE(table<int, std::string, std::string>({
        {404, R"({"jsonrpc":"2.0","error":{"code":-32001,"message":"Session not found"}})",
         R"({"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"Session not found"}})"},
        {404, "", "the server has ended the session"},
        {400, R"({"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"x"}})",
         R"({"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"x"}})"},
        {503, "<html>", "answered with status 503"},
        {401, "", "does not let us in (status 401)"},
        {200, "nonsense", "the server's answer is none to this request"},
        {200, R"({"jsonrpc":"2.0","id":2,"result":{}})", "the server's answer is none to this request"},
        {202, "", "the server's answer is none to this request"},
    }));
    CAPTURE(status, body);
    World world{with_session([code = status, text = body](http::Visit& visit, const Asked& asked) {
        if (asked.line.starts_with("GET")) return no_stream(visit);
        visit.answer(code, as_json, text);
    })};
    CHECK(world.run([expected = answer](World& at) -> Task<> {
        co_await begin(at);
        at.say(R"({"jsonrpc":"2.0","id":1,"method":"tools/call"})");
        co_await at.heard(expected);
    }) == Ending::answered);
    CHECK_THAT(world.lines().back(), StartsWith(R"({"jsonrpc":"2.0","id":1,)"));
}

TEST_CASE("a server that goes away in the middle of an answer is an error, not a hang") {
    World world{with_session([](http::Visit& visit, const Asked& asked) {
        if (asked.line.starts_with("GET")) return no_stream(visit);
        visit.start(200, as_events);
        visit.send(": hello\n\n");
        visit.abort();
    })};
    CHECK(world.run([](World& at) -> Task<> {
        co_await begin(at);
        at.say(R"({"jsonrpc":"2.0","id":1,"method":"tools/call"})");
        co_await at.heard(R"("id":1,"error")");
    }) == Ending::answered);
}

TEST_CASE("a client that initializes anew begins a new session") {
    World world{with_session([](http::Visit& visit, const Asked& asked) {
        if (asked.line.starts_with("GET")) return no_stream(visit);
        visit.answer(404, {}, std::string_view{});
    })};
    CHECK(world.run([](World& at) -> Task<> {
        co_await begin(at);
        at.say(R"({"jsonrpc":"2.0","id":1,"method":"ping"})");
        co_await at.heard(R"("id":1,"error")");
        at.say(R"({"jsonrpc":"2.0","id":2,"method":"initialize","params":{}})");
        co_await at.heard(R"("id":2,"result")");
    }) == Ending::answered);
    CHECK(world.first("POST /mcp", R"("id":2)").header("mcp-session-id") == "(none)");
}

TEST_CASE("what is no message is said to be none") {
    World world{with_session([](http::Visit& visit, const Asked&) { no_stream(visit); })};
    world.limits.message = 100;
    CHECK(world.run([](World& at) -> Task<> {
        at.say("hello");
        co_await at.heard("-32700");
        at.say("[]");
        co_await at.heard("batches are not supported");
        at.say("  \t\r");
        at.say(std::string(200, ' '));
        co_await at.heard("more than 100 bytes");
    }) == Ending::answered);
    CHECK(world.asked.empty());
    CHECK(world.lines().size() == 3);
}

TEST_CASE("the last answers are waited for, but not for ever") {
    World world{with_session([](http::Visit& visit, const Asked& asked) {
        if (asked.line.starts_with("GET")) no_stream(visit);
    })};
    world.limits.farewell = 50ms;
    CHECK(world.run([](World& at) -> Task<> {
        co_await begin(at);
        at.say(R"({"jsonrpc":"2.0","id":1,"method":"never"})");
        co_await at.until([&at] { return at.count("POST /mcp", "never") == 1; }, "the request");
    }) == Ending::unanswered);
    CHECK(world.count("DELETE /mcp") == 1);
}

TEST_CASE("a client that does not read any more is the end") {
    World world{with_session([](http::Visit& visit, const Asked&) { no_stream(visit); })};
    world.reads = false;
    CHECK(world.run([](World& at) -> Task<> {
        at.say(hello);
        co_await sleep_for(20s);
    }) == Ending::nobody_reads);
}
