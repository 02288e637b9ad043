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

} // namespace

TEST_CASE("a session goes on in the next proxy with its subscriptions, until it is ended") {
    const TempFolder folder;
    const auto journal = folder.path() / "sessions";
    KeptWorld{journal}.run(open_and_subscribe);
    KeptWorld{journal}.run(go_on);
    KeptWorld{journal}.run(be_refused);
}
