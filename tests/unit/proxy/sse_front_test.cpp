// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

using namespace thv;
using namespace thv::test;

namespace {

proxy::Options sse_options() {
    auto options = quick_options();
    options.mode = ProxyMode::sse;
    return options;
}

/// A client of HTTP with SSE.
struct SseClient {
    std::unique_ptr<http::Stream> stream;
    std::string endpoint;

    static Task<SseClient> open(World& at) {
        SseClient client;
        client.stream = co_await at.stream({}, "/sse");
        const auto first = co_await read_until(*client.stream, "\n\n");
        if (!first.starts_with("event: endpoint\ndata: /messages?session_id="))
            throw Error{Fault::internal, "the first event is '" + first + "'"};
        client.endpoint = events_in(first).at(0);
        co_return client;
    }
    Task<int> post(World& at, std::string body) {
        http::Request request{.method = "POST", .target = endpoint};
        request.headers = {{"Content-Type", "application/json"}};
        request.body = std::move(body);
        const auto answer = co_await at.send(std::move(request));
        co_return answer.status;
    }
    Task<std::string> ask(World& at, std::string body) {
        const auto status = co_await post(at, std::move(body));
        if (status != 202) throw Error{Fault::internal, fmt::format("the status is {}", status)};
        const auto text = co_await read_until(*stream, "\n\n");
        co_return events_in(text).at(0);
    }
    Task<> initialize(World& at) {
        const auto answer = co_await ask(
            at,
            R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2024-11-05","capabilities":{}}})");
        if (answer.find(R"("protocolVersion":"2024-11-05")") == std::string::npos) throw Error{Fault::internal, answer};
    }
};

} // namespace

TEST_CASE("over HTTP with SSE each client gets the answers to its own requests only") {
    World world{sse_options()};
    world.connect();
    world.run([](World& at) -> Task<> {
        auto a = co_await SseClient::open(at);
        auto b = co_await SseClient::open(at);
        co_await a.initialize(at);
        co_await b.initialize(at);
        const auto to_a = co_await a.ask(at, call("1", "echo", R"(,"for":"a")"));
        CHECK(to_a == R"({"jsonrpc":"2.0","id":1,"result":{"name":"echo","for":"a"}})");
        const auto to_b = co_await b.ask(at, call("1", "echo", R"(,"for":"b")"));
        CHECK(to_b == R"({"jsonrpc":"2.0","id":1,"result":{"name":"echo","for":"b"}})");
    });
}

TEST_CASE("over HTTP with SSE what is asked before initialize, or of an unknown session, is refused") {
    World world{sse_options()};
    world.connect();
    world.run([](World& at) -> Task<> {
        auto client = co_await SseClient::open(at);
        const auto early = co_await client.ask(at, call("1", "echo"));
        CHECK(early.find("-32600") != std::string::npos);
        const auto ping = co_await client.ask(at, R"({"jsonrpc":"2.0","id":2,"method":"ping"})");
        CHECK(ping == R"({"jsonrpc":"2.0","id":2,"result":{}})");
        const auto bad = co_await client.post(at, "{");
        CHECK(bad == 400);
        client.endpoint = "/messages?session_id=0123";
        const auto unknown = co_await client.post(at, call("1", "echo"));
        CHECK(unknown == 404);
        client.endpoint = "/messages";
        const auto none = co_await client.post(at, call("1", "echo"));
        CHECK(none == 404);
    });
}

TEST_CASE("over HTTP with SSE a session ends with its stream, and what it asked for is cancelled") {
    World world{sse_options()};
    world.connect();
    world.run([](World& at) -> Task<> {
        auto client = co_await SseClient::open(at);
        co_await client.initialize(at);
        const auto status = co_await client.post(at, call("1", "hold"));
        CHECK(status == 202);
        co_await until([&] { return at.server->held.size() == 1; });
        client.stream.reset();
        co_await until([&] { return at.proxy.bridge().sessions() == 0; });
        co_await until([&] { return at.server->received.back().find("notifications/cancelled") != std::string::npos; });
        const auto after = co_await client.post(at, call("2", "echo"));
        CHECK(after == 404);
    });
}

TEST_CASE("over HTTP with SSE probes of health leave nothing behind for the next client") {
    World world{sse_options()};
    world.connect();
    world.run([](World& at) -> Task<> {
        co_await at.proxy.initialized(10s);
        const auto before = at.server->received.size();
        for (int i = 0; i < 50; ++i) {
            const auto answer = co_await at.send({.method = "GET", .target = "/health"});
            CHECK(answer.status == 200);
        }
        auto client = co_await SseClient::open(at);
        co_await client.initialize(at);
        CHECK(at.server->received.size() <= before + 1); // the handshake's last word may come late
    });
}
