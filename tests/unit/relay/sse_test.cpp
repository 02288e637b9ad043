// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

using namespace thv;
using namespace thv::test;
using relay::Ending;

namespace {

/// Answers what is posted over the one event stream.
World::Action over_sse(World& world, std::string endpoint) {
    return [&world, endpoint = std::move(endpoint)](http::Visit& visit, const Asked& asked) {
        if (asked.line.starts_with("GET")) {
            world.open = &visit;
            visit.start(200, as_events);
            visit.send(fmt::format("event: endpoint\ndata: {}\n\n", endpoint));
            return;
        }
        visit.answer(202, {}, std::string_view{});
        if (const auto id = id_of(asked); !id.empty() && world.open != nullptr && !asked.body.contains("hold"))
            world.open->send(event(result(id)));
    };
}

} // namespace

TEST_CASE("over HTTP+SSE messages go where the server said, and answers come over its stream") {
    const auto [endpoint, line] = GENERATE(table<std::string, std::string>({
        {"/messages?session_id=1", "POST /messages?session_id=1"},
        {"messages", "POST /a/messages"},
        {"?s=1", "POST /a/sse?s=1"},
    }));
    CAPTURE(endpoint);
    World world{nullptr, ProxyMode::sse};
    world.target = "/a/sse";
    world.action = over_sse(world, endpoint);
    CHECK(world.run([](World& at) -> Task<> {
        at.say(R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{}})");
        at.say(R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
        at.say(R"({"jsonrpc":"2.0","id":2,"method":"tools/list"})");
        co_await at.heard(result("2"));
        at.open->send(event(R"({"jsonrpc":"2.0","method":"notifications/message"})"));
        co_await at.heard("notifications/message");
    }) == Ending::answered);
    REQUIRE(world.asked.size() == 4);
    CHECK(world.asked[0].line == "GET /a/sse");
    CHECK(world.asked[1].line == line);
    CHECK_THAT(world.asked[2].body, ContainsSubstring("initialized"));
    CHECK(world.lines().front() == result("1"));
}

TEST_CASE("the end of the one event stream is an error for what is in flight, and the end") {
    World world{nullptr, ProxyMode::sse};
    world.action = over_sse(world, "/messages");
    const auto work = [](World& at) -> Task<> {
        at.say(R"({"jsonrpc":"2.0","id":1,"method":"hold"})");
        co_await at.until([&at] { return at.count("POST /messages") == 1; }, "the request");
        at.open->abort();
        co_await sleep_for(20s);
    };
    CHECK_THROWS_AS(world.run(work), Error);
    REQUIRE(world.lines().size() == 1);
    CHECK_THAT(world.lines().front(), StartsWith(R"({"jsonrpc":"2.0","id":1,"error")"));
}

TEST_CASE("a server that does not speak HTTP+SSE, or wants messages elsewhere, is refused at once") {
    const auto fault = GENERATE(Fault::unsupported, Fault::denied, Fault::unreachable);
    World world{nullptr, ProxyMode::sse};
    world.action = [fault](http::Visit& visit, const Asked&) {
        if (fault == Fault::unsupported) return visit.answer(200, as_json, "{}");
        if (fault == Fault::unreachable) return visit.answer(503, as_json, "{}");
        visit.start(200, as_events);
        visit.send("event: endpoint\ndata: http://elsewhere/messages\n\n");
    };
    try {
        world.run([](World&) -> Task<> { co_await sleep_for(20s); });
        FAIL("it worked");
    } catch (const Error& error) {
        CHECK(error.fault() == fault);
    }
}
