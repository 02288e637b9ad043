// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

using namespace thv;
using namespace thv::test;
using relay::Ending;

namespace {

std::string request(std::string_view id, std::string_view method, std::string_view params = {}) {
    return fmt::format(
        R"({{"jsonrpc":"2.0","id":{},"method":"{}","params":{{"_meta":{{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}{}{}}}}})",
        id, method, params.empty() ? "" : ",", params);
}

constexpr auto tools = R"({"tools":[{"name":"find","inputSchema":{"properties":{"q":{"x-mcp-header":"Query"}}}}]})";

} // namespace

TEST_CASE("a message that names its own revision goes out on its own, with the headers that mirror it") {
    World world{[](http::Visit& visit, const Asked& asked) {
        const bool list = asked.body.contains("tools/list");
        visit.answer(200, fmt::format("{}Mcp-Session-Id: never-used\r\n", as_json),
                     result(id_of(asked), list ? tools : "{}"));
    }};
    CHECK(world.run([](World& at) -> Task<> {
        at.say(request("1", "server/discover"));
        co_await at.heard(R"("id":1)");
        at.say(request("2", "tools/list"));
        co_await at.heard(R"("id":2)");
        at.say(request("3", "tools/call", R"("name":"find","arguments":{"q":"grüß"})"));
        at.say(request("4", "resources/read", R"("uri":"file:///x")"));
        co_await at.heard(R"("id":3)");
        co_await at.heard(R"("id":4)");
    }) == Ending::answered);
    CHECK(world.asked.size() == 4); // neither a stream nor a farewell
    for (const auto& asked : world.asked) {
        CHECK(asked.header("mcp-protocol-version") == "2026-07-28");
        CHECK(asked.header("mcp-session-id") == "(none)");
    }
    CHECK(world.asked[0].header("mcp-method") == "server/discover");
    CHECK(world.asked[0].header("mcp-name") == "(none)");
    const auto& called = world.first("POST /mcp", "tools/call");
    CHECK(called.header("mcp-method") == "tools/call");
    CHECK(called.header("mcp-name") == "find");
    CHECK(called.header("mcp-param-query") == "=?base64?Z3LDvMOf?=");
    CHECK(world.first("POST /mcp", "resources/read").header("mcp-name") == "file:///x");
}

TEST_CASE("a tool that wants a header which nobody knew of is looked up, and called once more") {
    World world{[](http::Visit& visit, const Asked& asked) {
        if (asked.body.contains("tools/list")) {
            const bool second = asked.body.contains("cursor");
            visit.start(200, as_events);
            visit.send(event(result(id_of(asked), second ? tools : R"({"tools":[],"nextCursor":"2"})")));
            return visit.finish();
        }
        if (asked.header("mcp-param-query") == "(none)")
            return visit.answer(
                400, as_json,
                fmt::format(R"({{"jsonrpc":"2.0","id":{},"error":{{"code":-32020,"message":"no"}}}})", id_of(asked)));
        visit.answer(200, as_json, result(id_of(asked)));
    }};
    CHECK(world.run([](World& at) -> Task<> {
        at.say(request("1", "tools/call", R"("name":"find","arguments":{"q":"x"})"));
        co_await at.heard(R"("id":1)");
        at.say(request("2", "tools/call", R"("name":"other","arguments":{"q":"x"})"));
        co_await at.heard(R"("id":2)");
    }) == Ending::answered);
    CHECK(world.lines() ==
          std::vector<std::string>{result("1"), R"({"jsonrpc":"2.0","id":2,"error":{"code":-32020,"message":"no"}})"});
    CHECK(world.count("POST /mcp", R"("name":"find")") == 2);
}

TEST_CASE("cancelling ends the exchange, and nothing is said about it") {
    World world{[](http::Visit& visit, const Asked&) {
        visit.start(200, as_events);
        visit.send(": hello\n\n");
    }};
    CHECK(world.run([](World& at) -> Task<> {
        at.say(request("1", "tools/call", R"("name":"x")"));
        co_await at.until([&at] { return at.asked.size() == 1; }, "the call");
        at.say(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}})");
        co_await at.until([&at] { return at.lost == 1; }, "the end of the exchange");
    }) == Ending::answered);
    CHECK(world.asked.size() == 1);
    CHECK(world.from_server.empty());
}

TEST_CASE("a stream of events that never ends is not waited for") {
    World world{[](http::Visit& visit, const Asked&) {
        visit.start(200, as_events);
        visit.send(event(R"({"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged"})"));
    }};
    CHECK(world.run([](World& at) -> Task<> {
        at.say(request("1", "subscriptions/listen"));
        co_await at.heard("acknowledged");
    }) == Ending::answered);
}

TEST_CASE("an answer that breaks off is an error and not asked for again") {
    World world{[](http::Visit& visit, const Asked&) {
        visit.start(200, as_events);
        visit.send("id: 1\ndata:\n\n");
        visit.finish();
    }};
    CHECK(world.run([](World& at) -> Task<> {
        at.say(request("1", "tools/call", R"("name":"x")"));
        co_await at.heard("ended its answer before the result");
    }) == Ending::answered);
    CHECK(world.asked.size() == 1);
}
