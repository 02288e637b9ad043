// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/gate.hpp"
#include "world.hpp"

using namespace thv;
using namespace thv::test;

namespace {

std::string raw(std::string_view method, std::string_view path, std::string_view fields) {
    return fmt::format("{} {} HTTP/1.1\r\n{}Content-Length: 0\r\n\r\n", method, path, fields);
}

Task<std::string> ask(World& world, std::string request) {
    RawClient client{world.context.get_executor()};
    co_await client.connect(world.port());
    co_await client.send(std::move(request));
    auto answer = co_await client.read_answer();
    co_return answer;
}

} // namespace

TEST_CASE("a request with a doubtful Host or Origin gets no further than the gate") {
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        for (const auto* fields :
             {"Host: evil.example\r\n", "Host: localhost\r\nHost: localhost\r\n",
              "Host: localhost\r\nOrigin: https://evil.example\r\n", "Host: localhost\r\nOrigin: null\r\n",
              "Host: localhost\r\nOrigin: http://localhost@evil.example\r\n", "Host: user@localhost\r\n",
              "Host: localhost\r\nOrigin:\r\n"}) {
            INFO(fields);
            const auto answer = co_await ask(at, raw("GET", "/mcp", fields));
            CHECK_THAT(answer, StartsWith("HTTP/1.1 403"));
            CHECK_THAT(answer, ContainsSubstring("\"error\""));
        }
        const auto own = fmt::format("Host: localhost\r\nOrigin: http://localhost:{}\r\n", at.port());
        const auto twice = co_await ask(at, raw("GET", "/mcp", own + own.substr(own.find("Origin"))));
        CHECK_THAT(twice, StartsWith("HTTP/1.1 403"));
        const auto welcome = co_await ask(at, raw("GET", "/mcp", own));
        CHECK_THAT(welcome, StartsWith("HTTP/1.1 400")); // no session: it came through
    });
}

TEST_CASE("health is told to whoever asks, and says why when it is bad") {
    World world;
    world.run([](World& at) -> Task<> {
        const auto down = co_await ask(at, raw("GET", "/health", "Host: any.example\r\n"));
        CHECK_THAT(down, StartsWith("HTTP/1.1 503"));
        CHECK_THAT(down, ContainsSubstring("\"status\":\"unhealthy\""));
        CHECK_THAT(down, ContainsSubstring("the server is not up"));
        at.connect();
        co_await at.proxy.initialized(10s);
        const auto up = co_await ask(at, raw("GET", "/health", "Host: any.example\r\n"));
        CHECK_THAT(up, StartsWith("HTTP/1.1 200"));
        CHECK_THAT(up, ContainsSubstring("\"available\":true"));
    });
}

TEST_CASE("a page of an allowed origin learns what it may send, tool parameters included") {
    World world;
    world.run([](World& at) -> Task<> {
        const auto fields = fmt::format("Host: localhost\r\nOrigin: http://localhost:{}\r\n"
                                        "Access-Control-Request-Headers: mcp-param-Region, x-other, mcp-param-a(b\r\n",
                                        at.port());
        const auto answer = co_await ask(at, raw("OPTIONS", "/mcp", fields));
        CHECK_THAT(answer, StartsWith("HTTP/1.1 204"));
        CHECK_THAT(answer,
                   ContainsSubstring(fmt::format("Access-Control-Allow-Origin: http://localhost:{}\r\n", at.port())));
        CHECK_THAT(answer, ContainsSubstring("Mcp-Method, Mcp-Name"));
        CHECK_THAT(answer, ContainsSubstring(", mcp-param-Region\r\n"));
        CHECK(answer.find("x-other") == std::string::npos);
        CHECK(answer.find("Allow-Credentials") == std::string::npos);
    });
}

TEST_CASE("a proxy does not listen on every address for everybody") {
    for (const auto* host : {"0.0.0.0", "::", "0:0::0", "::ffff:0.0.0.0"}) {
        INFO(host);
        proxy::Options options;
        options.host = host;
        CHECK_THROWS_AS(proxy::check_exposure(options), Error);
        options.allowed_hosts = {"mcp.example"};
        CHECK_NOTHROW(proxy::check_exposure(options));
        options.allowed_hosts = {};
        options.allowed_origins = {"https://mcp.example"};
        CHECK_NOTHROW(proxy::check_exposure(options));
    }
    for (const auto* host : {"127.0.0.1", "localhost", "::1", "192.168.0.7"}) {
        INFO(host);
        proxy::Options options;
        options.host = host;
        CHECK_NOTHROW(proxy::check_exposure(options));
    }
}

TEST_CASE("a proxy that would be open to everybody takes no port") {
    asio::io_context context{1};
    auto options = quick_options();
    options.host = "0.0.0.0";
    proxy::StdioProxy proxy{context.get_executor(), options};
    CHECK_THROWS_AS(proxy.bind(), Error);
}
