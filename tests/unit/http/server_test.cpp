// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "server_site.hpp"

#include <boost/asio/post.hpp>

#include <string>
#include <vector>

using namespace thv;
using namespace thv::test;

TEST_CASE("a connection carries one request after the other") {
    Site site;
    site.run([](Site& at, RawClient& client) -> Task<> {
        for (int i = 0; i < 3; ++i) {
            co_await client.send("POST /p?q HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
            const auto answer = co_await client.read_answer();
            CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
            CHECK(answer.ends_with("POST /p?q hello"));
        }
        CHECK(at.server.connections() == 1);
    });
}

TEST_CASE("requests sent without waiting are answered in their order, also when answers come later") {
    Site site;
    site.action = [&site](Visit& visit) {
        auto late = [&visit] { visit.answer(200, {}, std::string{visit.target()}); };
        asio::post(site.context, late);
    };
    site.run([](Site&, RawClient& client) -> Task<> {
        std::string all;
        for (int i = 0; i < 200; ++i)
            all += fmt::format("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", i);
        co_await client.send(all);
        for (int i = 0; i < 200; ++i) {
            const auto answer = co_await client.read_answer();
            CHECK(answer.ends_with(fmt::format("\r\n\r\n/{}", i)));
        }
    });
}

TEST_CASE("a client that sends its header or body too slowly gets 408") {
    ServerLimits limits;
    limits.header_time = 100ms;
    limits.body_time = 100ms;
    CHECK(status_of(exchange(limits, "GET / HTTP/1.1\r\nHo")).starts_with("HTTP/1.1 408"));
    CHECK(status_of(exchange(limits, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab"))
              .starts_with("HTTP/1.1 408"));
}

TEST_CASE("an idle connection is closed after its time, with or without a request before") {
    ServerLimits limits;
    limits.idle_time = 100ms;
    CHECK(exchange(limits, "").empty());
    CHECK(status_of(exchange(limits, get)) == "HTTP/1.1 200 OK");
}

TEST_CASE("a client that does not take its stream is dropped when its queue is full") {
    ServerLimits limits;
    limits.stream_queue = 64 << 10;
    Site site{limits};
    site.action = [](Visit& visit) { visit.start(200, {}); };
    site.run([](Site& at, RawClient& client) -> Task<> {
        co_await client.send(get);
        co_await until([&] { return at.last != nullptr; });
        const std::string piece(16 << 10, 'x');
        int sent = 0;
        while (at.last != nullptr && sent < 10'000 && at.last->send(piece))
            ++sent;
        CHECK(sent < 10'000);
        co_await until([&] { return at.lost == 1; });
    });
}

TEST_CASE("a client that takes nothing for the stall time is dropped") {
    ServerLimits limits;
    limits.stall_time = 100ms;
    Site site{limits};
    site.action = [](Visit& visit) { visit.answer(200, {}, std::string(32 << 20, 'x')); };
    site.run([](Site& at, RawClient& client) -> Task<> {
        co_await client.send(get);
        co_await until([&] { return at.requests == 1 && at.server.connections() == 0; });
    });
}

TEST_CASE("a stream is chunked for HTTP/1.1 and ends with the connection for HTTP/1.0") {
    const auto stream = [](Visit& visit) {
        visit.start(200, "Content-Type: text/plain\r\n");
        visit.send("one");
        visit.send("two");
        visit.finish();
    };
    Site site;
    site.action = stream;
    site.run([](Site&, RawClient& client) -> Task<> {
        co_await client.send(get);
        const auto answer = co_await client.read_until("0\r\n\r\n");
        CHECK(answer.ends_with("Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"));
        co_await client.send("GET /a HTTP/1.0\r\nHost: x\r\n\r\n");
        const auto old = co_await client.read_all();
        CHECK(old.ends_with("\r\n\r\nonetwo"));
    });
}

TEST_CASE("HEAD gets the header of GET and no body") {
    Site site;
    site.run([](Site&, RawClient& client) -> Task<> {
        co_await client.send("HEAD /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        const auto answer = co_await client.read_all();
        CHECK(answer.ends_with("Content-Length: 8\r\n\r\n"));
    });
}

TEST_CASE("a client that asks before it sends its body is told to go on") {
    Site site;
    site.run([](Site&, RawClient& client) -> Task<> {
        co_await client.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
        const auto go_on = co_await client.read_until("\r\n\r\n");
        CHECK(go_on == "HTTP/1.1 100 Continue\r\n\r\n");
        co_await client.send("ok");
        const auto answer = co_await client.read_answer();
        CHECK(answer.ends_with("POST / ok"));
    });
}

TEST_CASE("the handler learns that a client has gone before its answer") {
    Site site;
    site.action = [](Visit&) {};
    site.run([](Site& at, RawClient& client) -> Task<> {
        co_await client.send(get);
        co_await until([&] { return at.requests == 1; });
        client.close();
        co_await until([&] { return at.lost == 1; });
        CHECK(at.server.connections() == 0);
    });
}

TEST_CASE("a large body and a large answer go through") {
    Site site;
    site.run([](Site&, RawClient& client) -> Task<> {
        const std::string body(8 << 20, 'b');
        co_await client.send(
            fmt::format("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{}", body.size(), body));
        const auto answer = co_await client.read_answer();
        CHECK(answer.ends_with("POST / " + body));
    });
}

TEST_CASE("a large answer follows a small one that was asked for in the same breath") {
    Site site;
    site.run([](Site&, RawClient& client) -> Task<> {
        const std::string body(8 << 20, 'b');
        co_await client.send(
            fmt::format("POST /first HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na"
                        "POST /second HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{}",
                        body.size(), body));
        const auto first = co_await client.read_answer();
        CHECK(first.ends_with("POST /first a"));
        const auto second = co_await client.read_answer();
        CHECK(second.ends_with("POST /second " + body));
    });
}

TEST_CASE("connections over the limit are told to come back later") {
    ServerLimits limits;
    limits.connections = 1;
    Site site{limits};
    site.run([](Site& at, RawClient& client) -> Task<> {
        co_await client.send(get);
        co_await client.read_answer();
        RawClient second{at.context.get_executor()};
        co_await second.connect(at.server.port());
        const auto answer = co_await second.read_all();
        CHECK(answer.starts_with("HTTP/1.1 503"));
        CHECK(answer.find("Retry-After: ") != std::string::npos);
    });
}

TEST_CASE("draining lets answers in progress finish and takes nothing new") {
    Site site;
    site.action = [](Visit&) {};
    site.run([](Site& at, RawClient& client) -> Task<> {
        co_await client.send(get);
        co_await until([&] { return at.last != nullptr; });
        const auto port = at.server.port();
        at.server.drain();
        RawClient late{at.context.get_executor()};
        CHECK_THROWS(co_await late.connect(port));
        at.last->answer(200, {}, "the end");
        const auto answer = co_await client.read_all();
        CHECK(answer.ends_with("the end"));
    });
}
