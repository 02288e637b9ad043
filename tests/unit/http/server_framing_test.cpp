// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "server_site.hpp"

#include <string>

using namespace thv;
using namespace thv::test;

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
