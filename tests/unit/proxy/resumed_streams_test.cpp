// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/event_log.hpp"
#include "world.hpp"

using namespace thv;
using namespace thv::test;

namespace {

http::Request streaming_call(const std::string& session, std::string_view tool) {
    http::Request request{.method = "POST", .target = "/mcp"};
    request.headers = {{"Content-Type", "application/json"},
                       {"Accept", "text/event-stream, application/json"},
                       {"Mcp-Session-Id", session}};
    request.body = call("1", tool, R"(,"_meta":{"progressToken":"p"})");
    return request;
}

Task<std::unique_ptr<http::Stream>> resume(World& at, std::string session, std::string last) {
    http::Request request{.method = "GET", .target = "/mcp"};
    request.headers = {{"Accept", "text/event-stream"}, {"Mcp-Session-Id", session}, {"Last-Event-ID", last}};
    auto speaker = at.client();
    co_return co_await speaker.open(std::move(request));
}

} // namespace

TEST_CASE("event ids are read back as they were given, and nothing else is") {
    using proxy::EventId;
    CHECK(proxy::to_string(EventId{3, 17}) == "3-17");
    CHECK(proxy::parse_event_id("3-17")->event == 17);
    for (const auto* text : {"", "3", "-", "3-", "-3", "03-1", "3-1x", "3--1", "99999999999-1"}) {
        CAPTURE(text);
        CHECK_FALSE(proxy::parse_event_id(text));
    }
}

TEST_CASE("an event log knows what it has forgotten") {
    proxy::EventLog log{3, 1000};
    for (std::uint32_t i = 1; i <= 4; ++i)
        log.add({1, i}, "m");
    log.add({2, 1}, "n");
    CHECK(log.complete_after({1, 2}));
    CHECK_FALSE(log.complete_after({1, 1}));
    CHECK(log.complete_after({2, 0}));
    std::vector<std::uint32_t> seen;
    log.replay({1, 2}, [&](proxy::EventId id, const std::string&) { seen.push_back(id.event); });
    CHECK(seen == std::vector<std::uint32_t>{3, 4});
    log.add({2, 2}, std::string(1000, 'x'));
    CHECK_FALSE(log.complete_after({2, 0}));
}

TEST_CASE("a client whose stream broke off in a call gets the rest of it on a new one") {
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto session = co_await at.open(R"({"sampling":{}})");
        std::string question;
        {
            auto speaker = at.client();
            const auto stream = co_await speaker.open(streaming_call(session, "ask"));
            question = co_await read_until(*stream, "}\n\n");
            CHECK(question.starts_with("id: 1-0\nretry: 1000\ndata: \n\nid: 1-1\n"));
        } // the connection is closed here, and the call goes on
        const auto id = std::string{mcp::scan(events_in(question).at(0))->id};
        co_await until([&] { return at.proxy.connections() == 0; });
        co_await at.post(fmt::format(R"({{"jsonrpc":"2.0","id":{},"result":{{"said":"hello"}}}})", id), session);
        const auto stream = co_await resume(at, session, "1-1");
        CHECK(stream->head().status == 200);
        const auto rest = co_await stream->read_all(10'000);
        CHECK(rest ==
              "id: 1-2\nevent: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"said\":\"hello\"}}\n\n");
        const auto again = co_await resume(at, session, "1-0");
        const auto all = co_await again->read_all(10'000);
        CHECK(events_in(all).size() == 2);
    });
}

TEST_CASE("a stream that is taken up while its call runs goes on with it") {
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto session = co_await at.open(R"({"sampling":{}})");
        auto speaker = at.client();
        const auto first = co_await speaker.open(streaming_call(session, "ask"));
        const auto question = co_await read_until(*first, "}\n\n");
        const auto second = co_await resume(at, session, "1-1"); // the first one is dead for its client
        CHECK(second->head().status == 200);
        const auto id = std::string{mcp::scan(events_in(question).at(0))->id};
        co_await at.post(fmt::format(R"({{"jsonrpc":"2.0","id":{},"result":{{}}}})", id), session);
        const auto rest = co_await second->read_all(10'000);
        CHECK(events_in(rest).size() == 1);
    });
}

TEST_CASE("what is told a session while its reader is away for a moment is not lost") {
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto session = co_await at.open();
        {
            const auto stream = co_await at.stream(session);
            co_await read_until(*stream, "data: \n\n");
        }
        co_await until([&] { return at.proxy.connections() == 0; });
        at.server->say(R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})");
        at.server->say(R"({"jsonrpc":"2.0","method":"notifications/prompts/list_changed"})");
        co_await at.post(call("1", "echo"), session); // behind what was said before
        const auto stream = co_await resume(at, session, "0-1");
        const auto text = co_await read_until(*stream, "}\n\n");
        CHECK(
            text.starts_with("id: 0-2\nevent: message\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/prompts"));
    });
}

TEST_CASE("events that are not there any more, or never were, are not pretended to be") {
    proxy::Options options = quick_options();
    options.replay_events = 2;
    World world{options};
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto session = co_await at.open();
        auto speaker = at.client();
        {
            const auto stream = co_await speaker.open(streaming_call(session, "progress"));
            co_await stream->read_all(10'000);
        }
        for (const std::string last : {"1-1", "1-9", "7-0", "nonsense", "0-0"}) {
            CAPTURE(last);
            const auto stream = co_await resume(at, session, last);
            CHECK(stream->head().status == 400);
        }
        const auto known = co_await resume(at, session, "1-3");
        const auto rest = co_await known->read_all(10'000);
        CHECK(events_in(rest).size() == 1);
    });
}

TEST_CASE("sessions of a revision before 2025-11-25 get no events without data") {
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto answer = co_await at.post(
            R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}})");
        const auto session = *answer.header("mcp-session-id");
        const auto done = co_await at.post(call("1", "progress", R"(,"_meta":{"progressToken":"p"})"), session);
        CHECK(done.body.starts_with("id: 1-1\nevent: message\n"));
    });
}
