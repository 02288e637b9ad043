// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"

#include <set>

using namespace thv::test;

TEST_CASE("a burst far over the limits in flight loses nothing: the rest waits its turn") {
    Bench bench;
    bench.connect();
    const auto session = bench.open();
    constexpr int burst = 10'000;
    for (int i = 1; i <= burst; ++i)
        REQUIRE(bench.call(session, i, std::to_string(i)));
    CHECK(bench.bridge.in_flight() == 64);
    std::size_t rounds = 0;
    while (bench.bridge.in_flight() != 0 && ++rounds < burst)
        for (const auto& line : bench.taken())
            if (scan(line)->kind == Kind::request) bench.result(scan(line)->id);
    for (int i = 1; i <= burst; ++i) {
        if (bench.answers[i].size() != 1) FAIL("exchange " << i << " has " << bench.answers[i].size() << " answers");
    }
    CHECK(bench.bridge.waiting() == 0);
}

TEST_CASE("a session with a long queue does not hold up another") {
    BridgeLimits limits;
    limits.in_flight = 2;
    Bench bench{limits};
    bench.connect();
    const auto greedy = bench.open();
    const auto modest = bench.open();
    for (int i = 1; i <= 50; ++i)
        bench.call(greedy, i, std::to_string(i));
    bench.call(modest, 100, "1");
    for (int i = 0; i < 4; ++i)
        for (const auto& line : bench.taken())
            bench.result(scan(line)->id);
    CHECK(bench.answers[100].size() == 1);
}

TEST_CASE("what would wait beyond the limit is refused and leaves no trace") {
    BridgeLimits limits;
    limits.in_flight_per_session = 1;
    limits.waiting = 2;
    Bench bench{limits};
    bench.connect();
    const auto session = bench.open();
    CHECK(bench.call(session, 1, "1"));
    CHECK(bench.call(session, 2, "2"));
    CHECK(bench.call(session, 3, "3"));
    CHECK_FALSE(bench.call(session, 4, "4"));
    bench.result(bench.last_id());
    CHECK(bench.call(session, 5, "4"));
    CHECK(bench.answers[4].empty());
}

TEST_CASE("a request that is never answered ends with an error, and the server is told to stop working on it") {
    Bench bench;
    bench.connect();
    const auto start = std::chrono::steady_clock::now();
    bench.bridge.tick(start);
    const auto session = bench.open();
    bench.call(session, 1, "1");
    const auto id = bench.last_id();
    bench.taken();
    bench.bridge.tick(start + 4min);
    CHECK(bench.answers[1].empty());
    bench.bridge.tick(start + 5min);
    CHECK(bench.error_code(1) == -32001);
    REQUIRE(bench.to_server.size() == 1);
    CHECK(scan(bench.to_server[0])->request_id == id);
    CHECK(bench.bridge.counters().timed_out == 1);
}

TEST_CASE("progress keeps a request alive, but not for ever") {
    Bench bench;
    bench.connect();
    const auto start = std::chrono::steady_clock::now();
    bench.bridge.tick(start);
    const auto session = bench.open();
    bench.ask(session, 1, R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"_meta":{"progressToken":1}}})");
    const auto token = bench.last_id();
    for (auto at = 4min; at < 15min; at += 4min) {
        bench.bridge.tick(start + at);
        bench.server(fmt::format(
            R"({{"jsonrpc":"2.0","method":"notifications/progress","params":{{"progressToken":{},"progress":1}}}})",
            token));
    }
    CHECK(bench.answers[1].empty());
    bench.bridge.tick(start + 15min);
    CHECK(bench.error_code(1) == -32001);
}

TEST_CASE("a request does not wait for ever for a server that does not come back") {
    Bench bench;
    bench.connect();
    const auto start = std::chrono::steady_clock::now();
    bench.bridge.tick(start);
    const auto session = bench.open();
    bench.bridge.child_gone("exited with code 3");
    bench.call(session, 1, "1");
    bench.initialize(2);
    bench.bridge.tick(start + 9s);
    CHECK(bench.answers[1].empty());
    bench.bridge.tick(start + 10s);
    CHECK(
        bench.only_answer(1) ==
        R"({"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"the server is not running: exited with code 3"}})");
    CHECK(bench.error_code(2) == -32000);
    bench.connect();
    CHECK(bench.answers[1].size() == 1);
    CHECK(bench.opened_by.size() == 1);
}

TEST_CASE("a client that goes away while it waits for its turn costs the server nothing") {
    Bench bench;
    bench.connect();
    const auto session = bench.open();
    bench.bridge.child_gone("restart");
    bench.call(session, 1, "1");
    bench.bridge.abandon(Exchange{1});
    CHECK(bench.bridge.waiting() == 0);
    bench.connect();
    CHECK(bench.bridge.in_flight() == 0);
}

TEST_CASE("the server never has more calls than it may, and the rest gets its turn") {
    BridgeLimits limits;
    limits.in_flight = 3;
    Bench bench{limits};
    bench.connect();
    const auto session = bench.open();
    for (int i = 1; i <= 20; ++i)
        REQUIRE(bench.call(session, i, std::to_string(i)));
    while (bench.bridge.in_flight() != 0) {
        CHECK(bench.bridge.in_flight() <= 3);
        const auto line = bench.to_server.front();
        bench.to_server.erase(bench.to_server.begin());
        bench.result(scan(line)->id);
    }
    for (int i = 1; i <= 20; ++i)
        CHECK(bench.answers[i].size() == 1);
    CHECK(bench.bridge.waiting() == 0);
}

TEST_CASE("waiting calls may have only so many bytes, and what has left makes room") {
    BridgeLimits limits;
    limits.in_flight = 1;
    limits.waiting_bytes = 300;
    Bench bench{limits};
    bench.connect();
    const auto session = bench.open();
    const auto large = [](int id) {
        return fmt::format(R"({{"jsonrpc":"2.0","id":{},"method":"tools/call","params":{{"name":"{}"}}}})", id,
                           std::string(150, 'x'));
    };
    CHECK(bench.ask(session, 1, large(1)));
    CHECK(bench.ask(session, 2, large(2)));
    CHECK_FALSE(bench.ask(session, 3, large(3)));
    CHECK(bench.answers[3].empty());
    bench.result(bench.last_id());
    CHECK(bench.ask(session, 4, large(3)));
    bench.bridge.abandon(Exchange{4});
    CHECK(bench.ask(session, 5, large(5)));
    bench.result(bench.last_id());
    bench.result(bench.last_id());
    CHECK(bench.answers[2].size() == 1);
    CHECK(bench.answers[5].size() == 1);
}
