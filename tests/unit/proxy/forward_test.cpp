// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/forward.hpp"
#include "site.hpp"

using namespace thv;
using namespace thv::test;

TEST_CASE("requests reach the server as they are, but for what concerns this connection only") {
    Site site;
    site.connect();
    site.run([](Site& at) -> Task<> {
        auto request = tool_call();
        request.headers.emplace_back("Mcp-Session-Id", "s");
        request.headers.emplace_back("Mcp-Param-Unknown", "p");
        request.headers.emplace_back("Connection", "keep-alive, X-Mine");
        request.headers.emplace_back("X-Mine", "1");
        request.headers.emplace_back("Keep-Alive", "1");
        request.headers.emplace_back("TE", "trailers");
        request.headers.emplace_back("Origin", fmt::format("http://localhost:{}", at.proxy.port()));
        const auto answer = co_await at.send(request);
        CHECK(answer.status == 200);
        CHECK(answer.body == R"({"ok":true})");
        CHECK(*answer.header("x-own") == "1");
        CHECK(answer.header("x-hop") == nullptr);
        CHECK(at.backend.line == "POST /mcp?x=1 " + request.body);
        CHECK(at.backend.field("authorization") == "Bearer t");
        CHECK(at.backend.field("mcp-session-id") == "s");
        CHECK(at.backend.field("mcp-param-unknown") == "p");
        for (const auto* hop : {"x-mine", "keep-alive", "te", "origin", "cookie"})
            CHECK(at.backend.field(hop) == "(none)");
        CHECK(at.backend.field("host") == fmt::format("127.0.0.1:{}", at.backend.server.port()));
    });
}

TEST_CASE("statuses and methods of the server pass through") {
    Site site;
    site.connect();
    site.backend.action = [](http::Visit& visit) {
        visit.answer(visit.method() == "DELETE" ? 405 : 404, "Allow: POST\r\n", "no");
    };
    site.run([](Site& at) -> Task<> {
        const auto found = co_await at.send({.method = "GET", .target = "/.well-known/x"});
        CHECK(found.status == 404);
        CHECK(found.body == "no");
        const auto ended = co_await at.send({.method = "DELETE", .target = "/mcp"});
        CHECK(ended.status == 405);
        CHECK(*ended.header("allow") == "POST");
        const auto head = co_await at.send({.method = "HEAD", .target = "/x"});
        CHECK(head.status == 404);
        CHECK(head.body.empty());
    });
}

TEST_CASE("events pass as they come") {
    Site site;
    site.connect();
    site.backend.action = [](http::Visit& visit) {
        visit.start(200, "Content-Type: text/event-stream\r\n");
        visit.send("data: 1\n\n");
    };
    site.run([](Site& at) -> Task<> {
        auto speaker = at.client();
        const auto stream = co_await speaker.open(tool_call());
        CHECK(*stream->head().header("content-type") == "text/event-stream");
        const auto first = co_await read_until(*stream, "data: 1\n\n");
        CHECK(first == "data: 1\n\n");
        at.backend.last->send("data: 2\n\n");
        const auto second = co_await read_until(*stream, "data: 2\n\n");
        CHECK(second == "data: 2\n\n");
        at.backend.last->finish();
        const auto rest = co_await stream->read_all(100);
        CHECK(rest.empty());
    });
}

TEST_CASE("a large answer passes whole, also to a client slower than the server") {
    Site site;
    site.connect();
    site.backend.action = [](http::Visit& visit) { visit.answer(200, {}, std::string(20U << 20U, 'x')); };
    site.run([](Site& at) -> Task<> {
        auto speaker = at.client();
        const auto stream = co_await speaker.open(tool_call());
        std::size_t size = 0;
        while (true) {
            const auto piece = co_await with_deadline(stream->read_some(), 10s, "reading a large answer");
            if (piece.empty()) break;
            size += piece.size();
            if (size < (1U << 20U)) co_await sleep_for(1ms);
        }
        CHECK(size == 20U << 20U);
    });
}

TEST_CASE("a client that goes away takes its request to the server with it") {
    Site site;
    site.connect();
    site.backend.action = [](http::Visit&) {};
    site.run([](Site& at) -> Task<> {
        RawClient raw{at.context.get_executor()};
        co_await raw.connect(static_cast<std::uint16_t>(at.proxy.port()));
        co_await raw.send("GET /mcp HTTP/1.1\r\nHost: localhost\r\n\r\n");
        co_await until([&] { return at.backend.requests == 1; });
        raw.close();
        co_await until([&] { return at.backend.lost == 1; });
    });
}

TEST_CASE("failures of the server are answered with JSON that says why") {
    Site site{Transport::streamable_http, 30ms};
    site.run([](Site& at) -> Task<> {
        const auto never = co_await at.send(tool_call());
        CHECK(never.status == 503);
        CHECK(never.header("retry-after") != nullptr);
        CHECK(mcp::member(never.body, "id") == "7");
        CHECK(never.body.find("the server is not up") != std::string::npos);

        at.connect();
        at.backend.action = [](http::Visit& visit) { visit.abort(); };
        const auto broken = co_await at.send(tool_call());
        CHECK(broken.status == 502);
        CHECK(mcp::member(broken.body, "id") == "7");

        at.backend.action = [](http::Visit&) {};
        asio::co_spawn(
            at.context,
            [](Site& site_of) -> Task<> {
                co_await until([&] { return site_of.backend.last != nullptr; });
                site_of.proxy.backend_gone("exited with code 1");
            }(at),
            asio::detached);
        const auto gone = co_await at.send(tool_call());
        CHECK(gone.status == 502);
        CHECK(gone.body.find("exited with code 1") != std::string::npos);
        const auto health = co_await at.send({.method = "GET", .target = "/health"});
        CHECK(health.status == 503);
    });
}

TEST_CASE("a stream that breaks at the server breaks at the client, not as if it were complete") {
    Site site;
    site.connect();
    site.backend.action = [](http::Visit& visit) {
        visit.start(200, "Content-Type: text/event-stream\r\n");
        visit.send("data: 1\n\n");
    };
    site.run([](Site& at) -> Task<> {
        auto speaker = at.client();
        const auto stream = co_await speaker.open(tool_call());
        co_await read_until(*stream, "data: 1\n\n");
        at.backend.last->abort();
        CHECK_THROWS_AS(co_await stream->read_all(100), Error);
    });
}

TEST_CASE("a request waits for the server that is being restarted, at its new port") {
    Site site;
    site.connect();
    site.run([](Site& at) -> Task<> {
        at.proxy.backend_gone("restart");
        Backend next{at.context};
        asio::co_spawn(
            at.context,
            [](Site& site_of, std::uint16_t port) -> Task<> {
                co_await site_of.send({.method = "GET", .target = "/health"}); // the request above has arrived by then
                site_of.proxy.set_backend("127.0.0.1", port);
            }(at, next.server.port()),
            asio::detached);
        const auto answer = co_await at.send(tool_call());
        CHECK(answer.status == 200);
        CHECK(next.requests == 1);
        CHECK(at.backend.requests == 0);
        next.server.close();
    });
}

TEST_CASE("pages of other sites do not reach the server") {
    Site site;
    site.connect();
    site.run([](Site& at) -> Task<> {
        for (const auto& [name, value] :
             http::Headers{{"Host", "evil.example"}, {"Origin", "https://evil.example"}, {"Origin", "null"}}) {
            auto request = tool_call();
            request.headers.emplace_back(name, value);
            const auto answer = co_await at.send(request);
            CHECK(answer.status == 403);
        }
        CHECK(at.backend.requests == 0);
    });
}

TEST_CASE("the endpoint of HTTP with SSE is given to clients without the server's own host") {
    Site site{Transport::sse};
    site.connect();
    site.backend.action = [](http::Visit& visit) {
        visit.start(200, "Content-Type: text/event-stream\r\n");
        visit.send("event: endpoint\ndata: http://0.0.0.0:8080/messages?s=1\n\n");
    };
    site.run([](Site& at) -> Task<> {
        auto speaker = at.client();
        const auto stream = co_await speaker.open({.method = "GET", .target = "/sse"});
        const auto first = co_await read_until(*stream, "\n\n");
        CHECK(first == "event: endpoint\ndata: /messages?s=1\n\n");
    });
}

TEST_CASE("an endpoint gets the prefix that clients see us under, and lines of any length follow it") {
    auto options = Site::options(Transport::sse, 10s);
    options.endpoint_prefix = "/tools";
    Site site{options};
    site.connect();
    site.backend.action = [](http::Visit& visit) {
        visit.start(200, "Content-Type: text/event-stream\r\n");
        visit.send("event: endpoint\ndata: /messages?s=1\n\n");
        visit.send("data: " + std::string(3U << 20U, 'x') + "\n\n");
        visit.finish();
    };
    site.run([](Site& at) -> Task<> {
        auto speaker = at.client();
        const auto stream = co_await speaker.open({.method = "GET", .target = "/sse"});
        const auto all = co_await stream->read_all(8U << 20U);
        CHECK_THAT(all, StartsWith("event: endpoint\ndata: /tools/messages?s=1\n\ndata: xxx"));
        CHECK(all.size() ==
              std::string_view{"event: endpoint\ndata: /tools/messages?s=1\n\n"}.size() + (3U << 20U) + 8);
    });
}

TEST_CASE("what clients say of proxies before us is not passed on, unless that is wanted") {
    const bool trusted = GENERATE(false, true);
    auto options = Site::options(Transport::streamable_http, 10s);
    options.trust_forwarded = trusted;
    Site site{options};
    site.connect();
    site.run([](Site& at) -> Task<> {
        auto request = tool_call();
        for (const auto* name : {"X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-For", "Forwarded", "X-Real-IP"})
            request.headers.emplace_back(name, "1");
        const auto answer = co_await at.send(request);
        CHECK(answer.status == 200);
    });
    for (const auto* name : {"x-forwarded-proto", "x-forwarded-host", "x-forwarded-for", "forwarded", "x-real-ip"})
        CHECK(site.backend.field(name) == (trusted ? "1" : "(none)"));
}

TEST_CASE("headers of the newest revision pass unchanged") {
    Site site;
    site.connect();
    site.run([](Site& at) -> Task<> {
        auto request = tool_call();
        const http::Headers modern{{"MCP-Protocol-Version", "2026-07-28"},
                                   {"Mcp-Method", "tools/call"},
                                   {"Mcp-Name", "=?base64?5pel?="},
                                   {"Mcp-Param-Region", "eu"}};
        request.headers.insert(request.headers.end(), modern.begin(), modern.end());
        co_await at.send(request);
        for (const auto& [name, value] : modern)
            CHECK(at.backend.field(name) == value);
    });
}

TEST_CASE("a request whose body is cut short never reaches the server") {
    Site site;
    site.connect();
    site.run([](Site& at) -> Task<> {
        RawClient raw{at.context.get_executor()};
        co_await raw.connect(static_cast<std::uint16_t>(at.proxy.port()));
        co_await raw.send("POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                          "Content-Length: 100\r\n\r\n{\"jsonrpc\":");
        raw.close();
        co_await at.send(tool_call()); // has passed, so what was cut short would have, too
        CHECK(at.backend.requests == 1);
        CHECK_THAT(at.backend.line, ContainsSubstring("tools/call"));
    });
}

TEST_CASE("a probe waits until the server answers, and leaves no session there") {
    Site site;
    site.run([](Site& at) -> Task<> {
        static int asked = 0;
        asked = 0;
        at.backend.action = [](http::Visit& visit) {
            if (visit.method() == "DELETE") return visit.answer(200, {}, "");
            if (++asked < 3) return visit.answer(503, {}, "");
            visit.answer(200, "Mcp-Session-Id: probe\r\nContent-Type: application/json\r\n", "{}");
        };
        at.connect();
        co_await at.proxy.probe(Transport::streamable_http, 10s);
        CHECK(asked == 3);
        CHECK(at.backend.line == "DELETE /mcp ");
        CHECK(at.backend.field("mcp-session-id") == "probe");
    });
}

TEST_CASE("a server that has just been started gets no requests before a probe has found it answering") {
    Site site;
    site.run([](Site& at) -> Task<> {
        at.backend.action = [](http::Visit& visit) {
            const bool probed = visit.body().find("initialize") != std::string_view::npos;
            visit.answer(probed || visit.method() == "DELETE" ? 200 : 202, "Content-Type: application/json\r\n", "{}");
        };
        at.proxy.expect_backend("127.0.0.1", at.backend.server.port());
        bool answered = false;
        asio::co_spawn(
            at.context,
            [](Site& of, bool& done) -> Task<> {
                const auto answer = co_await of.send(tool_call());
                CHECK(answer.status == 202);
                done = true;
            }(at, answered),
            asio::detached);
        const auto health = co_await at.send({.method = "GET", .target = "/health"}); // the call has arrived by then
        CHECK(health.status == 503);
        CHECK(at.backend.requests == 0);
        co_await at.proxy.probe(Transport::streamable_http, 10s);
        co_await until([&] { return answered; });
    });
}

TEST_CASE("a probe that gets no answer tells what it got instead") {
    Site site{Transport::sse};
    site.run([](Site& at) -> Task<> {
        at.backend.action = [](http::Visit& visit) { visit.answer(500, {}, ""); };
        at.connect();
        try {
            co_await at.proxy.probe(Transport::sse, 100ms);
            FAIL("a failing server is not ready");
        } catch (const Error& error) {
            CHECK(error.fault() == Fault::timed_out);
            CHECK_THAT(error.message(), ContainsSubstring("status 500"));
            CHECK_THAT(error.hint(), ContainsSubstring("--target-port"));
        }
        CHECK(at.backend.line == "GET /sse ");
    });
}
