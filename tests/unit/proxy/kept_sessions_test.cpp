// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "support/temp_folder.hpp"
#include "world.hpp"

using namespace thv;
using namespace thv::test;

namespace {

/// A proxy that goes on with the sessions of the one before, over the same or another server.
struct KeptWorld : World {
    explicit KeptWorld(const std::filesystem::path& journal)
        : World(with(journal)) {
        connect();
    }
    static proxy::Options with(const std::filesystem::path& journal) {
        auto options = quick_options();
        options.session_journal = journal;
        return options;
    }
};

std::string session_id;

Task<> open_and_subscribe(World& world) {
    const auto opened = co_await world.post(
        R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{}}})");
    session_id = *http::find_header(opened.headers, "mcp-session-id");
    const auto subscribed = co_await world.post(
        R"({"jsonrpc":"2.0","id":2,"method":"resources/subscribe","params":{"uri":"a:b"}})", session_id);
    CHECK(subscribed.status == 200);
}

Task<> go_on(World& world) {
    const auto answer =
        co_await world.post(R"({"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"echo"}})", session_id);
    CHECK(answer.status == 200);
    const auto& lines = world.server->received;
    const bool subscribed = std::ranges::any_of(
        lines, [](const auto& line) { return line.contains("resources/subscribe") && line.contains("a:b"); });
    CHECK(subscribed);
    http::Request end{.method = "DELETE", .target = "/mcp"};
    end.headers = {{"Mcp-Session-Id", session_id}};
    const auto ended = co_await world.send(std::move(end));
    CHECK(ended.status == 200);
}

Task<> be_refused(World& world) {
    const auto answer = co_await world.post(R"({"jsonrpc":"2.0","id":4,"method":"tools/list"})", session_id);
    CHECK(answer.status == 404);
}

/// What one process of a proxy leaves to the next.
struct Left {
    std::string session;
    std::string handover;
    std::string last_event;
    std::string number; ///< the server's id of the call
};
Left left;

/// A call whose stream has begun when the proxy ends.
Task<> call_and_die(World& world) {
    left = {};
    left.session = co_await world.open();
    http::Request request{.method = "POST", .target = "/mcp"};
    request.headers = {{"Content-Type", "application/json"},
                       {"Accept", "application/json, text/event-stream"},
                       {"Mcp-Session-Id", left.session}};
    request.body = call("\"mine\"", "hold", R"(,"_meta":{"progressToken":"t"})");
    auto speaker = world.client();
    auto opening = speaker.open(std::move(request));
    asio::co_spawn(
        world.context,
        [](World& at) -> Task<> {
            co_await until([&at] { return !at.server->held.empty(); });
            left.number = at.server->held.front();
            at.server->say(fmt::format(
                R"({{"jsonrpc":"2.0","method":"notifications/progress","params":{{"progressToken":{},"progress":1}}}})",
                left.number));
        }(world),
        asio::detached);
    const auto stream = co_await std::move(opening);
    const auto text = co_await read_until(*stream, R"("progress":1)");
    const auto id = text.rfind("id: ") + 4;
    left.last_event = text.substr(id, text.find('\n', id) - id);
    left.handover = world.proxy.handover();
}

/// The stream of that call, from where its client has read it.
Task<std::unique_ptr<http::Stream>> come_back(World& world) {
    http::Request request{.method = "GET", .target = "/mcp"};
    request.headers = {
        {"Accept", "text/event-stream"}, {"Mcp-Session-Id", left.session}, {"Last-Event-ID", left.last_event}};
    auto speaker = world.client();
    auto stream = co_await speaker.open(std::move(request));
    co_return stream;
}

} // namespace

TEST_CASE("a session goes on in the next proxy with its subscriptions, until it is ended") {
    const TempFolder folder;
    const auto journal = folder.path() / "sessions";
    KeptWorld{journal}.run(open_and_subscribe);
    KeptWorld{journal}.run(go_on);
    KeptWorld{journal}.run(be_refused);
}

TEST_CASE("a call that streams gets its answer from the next proxy, before or after its client is back") {
    const TempFolder folder;
    const auto journal = folder.path() / "sessions";
    KeptWorld{journal}.run(call_and_die);
    const bool answers_first = GENERATE(true, false);
    CAPTURE(answers_first);
    World next{KeptWorld::with(journal)};
    static bool first = false;
    first = answers_first;
    next.adopt(left.handover);
    next.run([](World& at) -> Task<> {
        if (first) at.server->result(left.number, R"({"late":true})");
        if (first) co_await until([&at] { return at.proxy.bridge().in_flight() == 0; });
        const auto stream = co_await come_back(at);
        CHECK(stream->head().status == 200);
        if (!first) at.server->result(left.number, R"({"late":true})");
        const auto rest = co_await stream->read_all(10'000);
        CHECK_THAT(rest, ContainsSubstring(R"({"jsonrpc":"2.0","id":"mine","result":{"late":true}})"));
    });
}

TEST_CASE("a call that streams fails for its client when the next proxy has another process") {
    const TempFolder folder;
    const auto journal = folder.path() / "sessions";
    KeptWorld{journal}.run(call_and_die);
    KeptWorld{journal}.run([](World& at) -> Task<> {
        const auto stream = co_await come_back(at);
        const auto rest = co_await stream->read_all(10'000);
        CHECK_THAT(rest, ContainsSubstring(R"("id":"mine","error")"));
        CHECK_THAT(rest, ContainsSubstring("the server stopped before it answered"));
    });
}
