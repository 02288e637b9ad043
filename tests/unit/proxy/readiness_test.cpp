// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

using namespace thv;
using namespace thv::test;

TEST_CASE("a server is ready when it has answered the handshake") {
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        co_await at.proxy.initialized(10s);
        CHECK(at.server->received.size() >= 1);
    });
}

TEST_CASE("a server that says nothing in time is told apart from one that says something else") {
    World world;
    world.connect();
    world.server->silent = true;
    world.run([](World& at) -> Task<> {
        try {
            co_await at.proxy.initialized(30ms);
            FAIL("a silent server is not ready");
        } catch (const Error& error) {
            CHECK(error.fault() == Fault::timed_out);
            CHECK_THAT(error.message(), !ContainsSubstring("JSON-RPC"));
        }
        at.server->say("npm notice New version available");
        try {
            co_await at.proxy.initialized(30ms);
            FAIL("a server that writes prose is not ready");
        } catch (const Error& error) {
            CHECK_THAT(
                error.message(),
                ContainsSubstring("it wrote something that is not JSON-RPC: 'npm notice New version available'"));
        }
    });
}

TEST_CASE("waiting for a server ends with the reason when it ends or refuses") {
    World world;
    world.connect();
    world.server->silent = true;
    world.run([](World& at) -> Task<> {
        asio::post(at.context, [&at] { at.crash("exited with code 127"); });
        try {
            co_await at.proxy.initialized(10s);
            FAIL("a dead server is not ready");
        } catch (const Error& error) {
            CHECK(error.fault() == Fault::unreachable);
            CHECK_THAT(error.message(), ContainsSubstring("exited with code 127"));
        }
        at.connect();
        at.server->silent = true;
        co_await until([&] { return at.server->received.size() == 1; });
        const auto id = std::string{mcp::scan(at.server->received[0])->id};
        at.server->say(
            fmt::format(R"({{"jsonrpc":"2.0","id":{},"error":{{"code":-32603,"message":"API key missing"}}}})", id));
        try {
            co_await at.proxy.initialized(10s);
            FAIL("a server that refuses is not ready");
        } catch (const Error& error) {
            CHECK(error.fault() == Fault::internal);
            CHECK_THAT(error.message(), ContainsSubstring("API key missing"));
        }
    });
}

TEST_CASE("a stream that broke and was opened again fails what was in flight and needs no new handshake") {
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        co_await at.proxy.initialized(10s);
        const auto session = co_await at.open();
        const auto greeted = at.server->received.size();
        at.proxy.reconnect_child(
            [&at, to = at.server](std::string bytes) { asio::post(at.context, [to, bytes] { to->feed(bytes); }); },
            "the stream broke");
        co_await at.proxy.initialized(1s);
        const auto answer = co_await at.post(call("1", "echo"), session);
        CHECK(answer.body == R"({"jsonrpc":"2.0","id":1,"result":{"name":"echo"}})");
        CHECK(at.server->received.size() == greeted + 1);
    });
}

TEST_CASE("a busy port is an error before anything is served") {
    World world;
    auto options = quick_options();
    options.port = world.port();
    proxy::StdioProxy second{world.context.get_executor(), options};
    try {
        second.bind();
        FAIL("two proxies listen on one port");
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::conflict);
    }
}
