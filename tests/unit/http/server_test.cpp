// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "http/server.hpp"
#include "support/catch.hpp"
#include "support/drive.hpp"
#include "support/raw_client.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <functional>
#include <string>
#include <vector>

using namespace thv;
using namespace thv::http;
using namespace std::chrono_literals;
using thv::test::RawClient;

namespace {

/// A server that answers "METHOD TARGET BODY", or does what a test says, and writes down what it is told.
struct Site final : Handler {
    explicit Site(ServerLimits limits = {})
        : server(context.get_executor(), *this, limits) {
        server.bind("127.0.0.1", 0);
        server.start();
    }
    void request(Visit& visit) override {
        ++requests;
        last = &visit;
        if (action) return action(visit);
        visit.answer(200, "Content-Type: text/plain\r\n",
                     fmt::format("{} {} {}", visit.method(), visit.target(), visit.body()));
    }
    void gone(Visit& visit) override {
        ++lost;
        if (last == &visit) last = nullptr;
    }

    /// Runs a test as a client, then ends the server.
    void run(Task<> (*work)(Site&, RawClient&)) { test::drive(context, act(*this, work)); }
    static Task<> act(Site& site, Task<> (*work)(Site&, RawClient&)) {
        RawClient client{site.context.get_executor()};
        co_await client.connect(site.server.port());
        std::exception_ptr failure;
        try {
            co_await work(site, client);
        } catch (...) {
            failure = std::current_exception();
        }
        client.close();
        site.server.close();
        if (failure) std::rethrow_exception(failure);
    }

    asio::io_context context{1};
    std::function<void(Visit&)> action;
    Server server;
    Visit* last = nullptr;
    int requests = 0;
    int lost = 0;
};

Task<> until(std::function<bool()> condition) {
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) throw Error{Fault::timed_out, "what was waited for did not happen"};
        co_await sleep_for(2ms);
    }
}

/// What one request, sent on a connection of its own, is answered with; to the end of the connection.
std::string exchange(ServerLimits limits, std::string request) {
    static std::string sent;
    static std::string received;
    sent = std::move(request);
    Site site{limits};
    site.run([](Site&, RawClient& client) -> Task<> {
        co_await client.send(sent);
        received = co_await client.read_all();
    });
    return received;
}

std::string status_of(const std::string& answer) {
    return answer.substr(0, answer.find("\r\n"));
}

constexpr auto get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

} // namespace

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

TEST_CASE("a request may arrive byte by byte, with its body in chunks") {
    Site site;
    site.run([](Site&, RawClient& client) -> Task<> {
        const std::string request =
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
        for (const char byte : request)
            co_await client.send(std::string(1, byte));
        const auto answer = co_await client.read_answer();
        CHECK(answer.ends_with("POST / abcde"));
    });
}

TEST_CASE("what costs too much is refused with the status that says so, and the connection ends") {
    ServerLimits limits;
    limits.header_bytes = 4096;
    limits.fields = 10;
    limits.target_bytes = 1000;
    limits.body_bytes = 1000;
    std::string fields;
    for (int i = 0; i < 10; ++i)
        fields += fmt::format("X-{}: 1\r\n", i);
    struct Case {
        std::string request, status;
    };
    const std::vector<Case> cases{
        {"GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(5000, 'x') + "\r\n\r\n", "431"},
        {"GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(5000, 'x'), "431"},
        {"GET / HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n", "431"},
        {"GET /" + std::string(1500, 'x') + " HTTP/1.1\r\nHost: x\r\n\r\n", "414"},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n", "413"},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n" + std::string(1001, 'x'), "413"},
        {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n" + std::string(1024, 'x') +
             "\r\n0\r\n\r\n",
         "413"},
    };
    for (const auto& [request, status] : cases) {
        INFO(request.substr(0, 80));
        const auto answer = exchange(limits, request);
        CHECK(status_of(answer).starts_with("HTTP/1.1 " + status));
        CHECK(answer.find("Connection: close\r\n") != std::string::npos);
    }
}

TEST_CASE("what is not clearly one request is refused: it could hide a second one") {
    for (const std::string head : {
             "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n",
             "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n",
             "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n",
             "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 3\r\n",
             "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3, 3\r\n",
             "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n",
             "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n",
             "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n",
             "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n",
             "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
             "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n",
             "GET / HTTP/1.1\r\nHost : x\r\n",
             "GET  / HTTP/1.1\r\nHost: x\r\n",
             "GET / HTTP/1.1\r\nHo\x01st: x\r\n",
             "nonsense\r\n",
         }) {
        INFO(head);
        CHECK(status_of(exchange({}, head + "\r\n")).starts_with("HTTP/1.1 400"));
    }
}

TEST_CASE("what follows a body in chunks is no part of the header") {
    Site site;
    site.action = [](Visit& visit) {
        const auto token = visit.header("authorization").value_or("none");
        visit.answer(200, {}, fmt::format("{}, {} Host", token, visit.header_count("host")));
    };
    site.run([](Site&, RawClient& client) -> Task<> {
        co_await client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                             "2\r\nok\r\n0\r\nAuthorization: Bearer x\r\nHost: y\r\n\r\n");
        const auto answer = co_await client.read_answer();
        CHECK_THAT(answer, StartsWith("HTTP/1.1 200"));
        CHECK_THAT(answer, ContainsSubstring("none, 1 Host"));
    });
}

TEST_CASE("the end of a body in chunks may come in pieces") {
    for (const std::string body : {"0\r\n\r\n", "2\r\nok\r\n0\r\n\r\n", "0;a=b\r\nTrailer: x\r\n\r\n"}) {
        static std::string rest;
        rest = body;
        Site site;
        site.run([](Site&, RawClient& client) -> Task<> {
            co_await client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (const char byte : rest) {
                co_await client.send({&byte, 1});
                co_await sleep_for(1ms);
            }
            const auto answer = co_await client.read_answer();
            CHECK_THAT(answer, StartsWith("HTTP/1.1 200"));
        });
    }
}

TEST_CASE("a line between chunks that never ends is refused at once") {
    const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const std::string start : {"5;extension=", "0\r\nTrailer: "}) {
        INFO(start);
        CHECK(status_of(exchange({}, head + start + std::string(100'000, 'x'))).starts_with("HTTP/1.1 400"));
    }
}

TEST_CASE("a header may be as long as the limit says, also above the usual buffer") {
    ServerLimits limits;
    limits.header_bytes = 200'000;
    const auto head = [](std::size_t bytes) {
        return "GET / HTTP/1.1\r\nHost: x\r\nLong: " + std::string(bytes, 'x') + "\r\nConnection: close\r\n\r\n";
    };
    CHECK(status_of(exchange(limits, head(150'000))).starts_with("HTTP/1.1 200"));
    CHECK(status_of(exchange(limits, head(250'000))).starts_with("HTTP/1.1 431"));
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
