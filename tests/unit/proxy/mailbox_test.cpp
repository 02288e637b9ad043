// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// Whose HTTP+SSE session it is, of a server behind a pass-through that asks clients who they are.
#include "site.hpp"
#include "tokens.hpp"

using namespace thv;
using namespace thv::test;

namespace {

Site guarded_site() {
    return Site{guarded(Site::options(Transport::sse, 10s))};
}

/// Tells each stream its own endpoint, in a way of the case's.
std::function<void(http::Visit&)> server_that_says(std::string endpoint) {
    return [endpoint = std::move(endpoint), streams = 0](http::Visit& visit) mutable {
        if (visit.method() == "POST") return visit.answer(202, {}, std::string_view{});
        visit.start(200, "Content-Type: Text/Event-Stream\r\n");
        visit.send(fmt::format("event: endpoint\ndata: {}{}\n\n", endpoint, ++streams));
    };
}

Task<std::unique_ptr<http::Stream>> open_stream(Site& at, const std::string& token) {
    auto speaker = at.client();
    auto stream = co_await speaker.open({.method = "GET", .target = "/sse", .headers = bearer(token)});
    co_await read_until(*stream, "\n\n");
    co_return stream;
}

Task<int> post(Site& at, std::string target, const std::string& token) {
    http::Request request{.method = "POST", .target = std::move(target), .headers = bearer(token)};
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = call("1", "echo");
    const auto answer = co_await at.send(std::move(request));
    co_return answer.status;
}

} // namespace

TEST_CASE("only whoever opened a stream posts to it, however the server named the place") {
    const auto* const endpoint =
        GENERATE("/messages?s=", "http://0.0.0.0:8080/messages?s=", "messages?s=", "./messages?s=");
    INFO(endpoint);
    auto site = guarded_site();
    site.connect();
    site.backend.action = server_that_says(endpoint);
    site.run([](Site& at) -> Task<> {
        const auto first = co_await open_stream(at, "alice");
        const auto second = co_await open_stream(at, "bob");
        CHECK(co_await post(at, "/messages?s=1", "alice") == 202);
        CHECK(co_await post(at, "/messages?s=2", "bob") == 202);
        CHECK(co_await post(at, "/messages?s=1", "bob") == 404);
        CHECK(co_await post(at, "/messages?s=%31", "bob") == 404);
        CHECK(co_await post(at, "/messages?s=3", "bob") == 404);
        CHECK(at.backend.requests == 4);
    });
}

TEST_CASE("a place to post to is gone with its stream") {
    auto site = guarded_site();
    site.connect();
    site.backend.action = server_that_says("/messages?s=");
    site.run([](Site& at) -> Task<> {
        auto stream = co_await open_stream(at, "alice");
        CHECK(co_await post(at, "/messages?s=1", "alice") == 202);
        stream.reset();
        co_await until([&at] { return at.backend.lost == 1; });
        CHECK(co_await post(at, "/messages?s=1", "alice") == 404);
    });
}
