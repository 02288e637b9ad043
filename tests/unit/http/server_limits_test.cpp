// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "http/server.hpp"
#include "http/server_connection.hpp"
#include "support/catch.hpp"
#include "support/drive.hpp"
#include "support/raw_client.hpp"

#include <fmt/format.h>

#include <string>

using namespace thv;
using namespace thv::http;
using namespace std::chrono_literals;
using thv::test::RawClient;

namespace {

struct Site final : Handler {
    explicit Site(ServerLimits limits)
        : server(context.get_executor(), *this, limits) {
        server.bind("127.0.0.1", 0);
        server.start();
    }
    void request(Visit& visit) override {
        principals += "[" + visit.principal() + "]";
        if (visit.path() == "/stream") {
            visit.authenticated("somebody", std::chrono::steady_clock::now() + 50ms);
            visit.start(200, "Content-Type: text/event-stream\r\n");
            visit.send("data: 1\n\n");
            return;
        }
        if (visit.path() == "/known") visit.authenticated("somebody", std::chrono::steady_clock::now() + 50ms);
        visit.answer(200, {}, fmt::format("{} bytes", visit.body().size()));
    }
    void gone(Visit&) override { ++lost; }

    void run(Task<> (*work)(Site&)) { test::drive(context, test::and_close(*this, work)); }
    void close() { server.close(); }

    asio::io_context context{1};
    Server server;
    std::string principals;
    int lost = 0;
};

ServerLimits quick() {
    ServerLimits limits;
    limits.stall_time = 40ms; // makes ticks short
    return limits;
}

/// Sends a body byte by byte until there is an answer; the bytes that were sent.
Task<int> trickle(RawClient& client, Duration pause) {
    co_await client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n");
    int sent = 0;
    while (client.socket().available() == 0 && sent < 10'000) {
        co_await client.send("x");
        ++sent;
        co_await sleep_for(pause);
    }
    co_return sent;
}

} // namespace

TEST_CASE("a body that trickles in is refused long before its time is over") {
    auto limits = quick();
    limits.body_time = 30s;
    limits.body_grace = 60ms;
    Site site{limits};
    site.run([](Site& at) -> Task<> {
        RawClient client{at.context.get_executor()};
        co_await client.connect(at.server.port());
        const auto sent = co_await trickle(client, 5ms);
        CHECK(sent < 10'000);
        const auto answer = co_await client.read_answer();
        CHECK_THAT(answer, StartsWith("HTTP/1.1 408"));
    });
}

TEST_CASE("a body that is slow but steady arrives") {
    auto limits = quick();
    limits.body_grace = 20ms;
    limits.body_rate = 1;
    Site site{limits};
    site.run([](Site& at) -> Task<> {
        RawClient client{at.context.get_executor()};
        co_await client.connect(at.server.port());
        co_await client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n");
        for (int i = 0; i < 20; ++i) {
            co_await client.send("x");
            co_await sleep_for(5ms);
        }
        const auto answer = co_await client.read_answer();
        CHECK_THAT(answer, ContainsSubstring("20 bytes"));
    });
}

TEST_CASE("one peer has its share of connections, and what is more is told to come back") {
    auto limits = quick();
    limits.local_connections = 2;
    Site site{limits};
    site.run([](Site& at) -> Task<> {
        RawClient first{at.context.get_executor()};
        RawClient second{at.context.get_executor()};
        co_await first.connect(at.server.port());
        co_await second.connect(at.server.port());
        RawClient third{at.context.get_executor()};
        co_await third.connect(at.server.port());
        const auto refused = co_await third.read_all();
        CHECK_THAT(refused, StartsWith("HTTP/1.1 503"));
        CHECK_THAT(refused, ContainsSubstring("Retry-After: 1\r\n"));
        third.close();
        first.close();
        const auto end = std::chrono::steady_clock::now() + 10s;
        while (at.server.connections() > 1 && std::chrono::steady_clock::now() < end)
            co_await sleep_for(2ms);
        RawClient fourth{at.context.get_executor()};
        co_await fourth.connect(at.server.port());
        co_await fourth.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        const auto answer = co_await fourth.read_answer();
        CHECK_THAT(answer, StartsWith("HTTP/1.1 200"));
    });
}

TEST_CASE("connections count for a machine, and for a network where addresses are plenty") {
    const auto key = [](const char* address) { return peer_key(asio::ip::make_address(address)); };
    CHECK(key("127.0.0.1") == key("127.3.2.1"));
    CHECK(key("127.0.0.1") == key("::1"));
    CHECK(key("127.0.0.1") == key("::ffff:127.0.0.1"));
    CHECK(key("192.168.0.7") == key("::ffff:192.168.0.7"));
    CHECK(key("192.168.0.7") != key("192.168.0.8"));
    CHECK(key("2001:db8::1") == key("2001:db8::ffff:1"));
    CHECK(key("2001:db8:0:1::1") != key("2001:db8:0:2::1"));
}

TEST_CASE("a stream ends when its client can no longer be believed, a connection goes on") {
    Site site{quick()};
    site.run([](Site& at) -> Task<> {
        RawClient client{at.context.get_executor()};
        co_await client.connect(at.server.port());
        co_await client.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
        const auto stream = co_await client.read_all();
        CHECK_THAT(stream, ContainsSubstring("data: 1\n\n"));
        CHECK(stream.find("\r\n0\r\n") == std::string::npos);
        CHECK(at.lost == 1);

        RawClient other{at.context.get_executor()};
        co_await other.connect(at.server.port());
        co_await other.send("GET /known HTTP/1.1\r\nHost: x\r\n\r\n");
        co_await other.read_answer();
        co_await sleep_for(100ms);
        co_await other.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        const auto later = co_await other.read_answer();
        CHECK_THAT(later, StartsWith("HTTP/1.1 200"));
        CHECK(at.principals == "[][][]"); // what is known of one request is not known of the next
    });
}
