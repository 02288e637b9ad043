// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"

using namespace thv::test;

TEST_CASE("clients with equal ids each get their own answer, with their id as they wrote it") {
    Bench bench;
    bench.connect();
    const auto a = bench.open();
    const auto b = bench.open();
    bench.call(a, 1, "7");
    const auto first = bench.last_id();
    bench.call(b, 2, "7");
    const auto second = bench.last_id();
    bench.call(a, 3, R"("7")");
    const auto third = bench.last_id();
    CHECK(first != second);
    bench.result(third, "3");
    bench.result(second, "2");
    bench.result(first, "1");
    CHECK(bench.only_answer(1) == R"({"jsonrpc":"2.0","id":7,"result":1})");
    CHECK(bench.only_answer(2) == R"({"jsonrpc":"2.0","id":7,"result":2})");
    CHECK(bench.only_answer(3) == R"({"jsonrpc":"2.0","id":"7","result":3})");
    CHECK(bench.bridge.in_flight() == 0);
}

TEST_CASE("an id comes back as the bytes it came as") {
    Bench bench;
    bench.connect();
    const auto session = bench.open();
    int exchange = 0;
    for (const std::string id : {"9007199254740993", "1.5", "1e3", "-0", R"("a\u0062\/")", R"("日本")", R"("")"}) {
        bench.call(session, ++exchange, id);
        bench.result(bench.last_id());
        CHECK(bench.only_answer(exchange) == R"({"jsonrpc":"2.0","id":)" + id + R"(,"result":{}})");
    }
}

TEST_CASE("the server sees nothing of sessions and of clients' ids") {
    Bench bench;
    bench.connect();
    bench.call(bench.open(), 1, R"("secret-id")");
    CHECK(bench.to_server.back().find("secret") == std::string::npos);
}

TEST_CASE("a second request with an id in flight is refused and the first is still answered") {
    Bench bench;
    bench.connect();
    const auto session = bench.open();
    bench.call(session, 1, "7");
    const auto id = bench.last_id();
    bench.call(session, 2, "7");
    CHECK(bench.error_code(2) == -32600);
    bench.result(id);
    CHECK(bench.only_answer(1).ends_with(R"("result":{}})"));
    bench.call(session, 3, "7");
    CHECK(bench.answers[3].empty());
    CHECK(bench.bridge.in_flight() == 1);
}

TEST_CASE("ping is answered at once on both sides") {
    Bench bench;
    bench.connect();
    const auto session = bench.open();
    bench.ask(session, 1, R"({"jsonrpc":"2.0","id":"p","method":"ping"})");
    CHECK(bench.only_answer(1) == R"({"jsonrpc":"2.0","id":"p","result":{}})");
    CHECK(bench.taken().empty());
    bench.server(R"({"jsonrpc":"2.0","id":55,"method":"ping"})");
    CHECK(bench.taken() == Texts{R"({"jsonrpc":"2.0","id":55,"result":{}})"});
}

TEST_CASE("answers to nothing that was asked are dropped and counted") {
    Bench bench;
    bench.connect();
    bench.call(bench.open(), 1, "7");
    const auto id = bench.last_id();
    for (const auto* odd : {"999999", R"("1")", "1.0"})
        bench.result(odd);
    bench.server(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"m"}})");
    CHECK(bench.answers[1].empty());
    bench.result(id);
    bench.result(id);
    CHECK(bench.answers[1].size() == 1);
    CHECK(bench.bridge.counters().unknown_responses == 5);
}

TEST_CASE("a request over several lines reaches the server on one") {
    Bench bench;
    bench.connect();
    const auto session = bench.open();
    bench.ask(session, 1,
              "{\r\n  \"jsonrpc\": \"2.0\",\n  \"id\": 7,\n  \"method\": \"tools/call\",\n  \"params\": {\"x\": "
              "\"a\\nb\"}\n}");
    CHECK(bench.to_server.back() ==
          fmt::format(R"({{    "jsonrpc": "2.0",   "id": {},   "method": "tools/call",   "params": {{"x": "a\nb"}} }})",
                      bench.last_id()));
    bench.result(bench.last_id());
    CHECK(bench.only_answer(1) == R"({"jsonrpc":"2.0","id":7,"result":{}})");
}

TEST_CASE("a cancellation reaches the server with the id that the server knows") {
    Bench bench;
    bench.connect();
    const auto session = bench.open();
    bench.call(session, 1, R"("x")");
    const auto id = bench.last_id();
    bench.notify(session,
                 R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"x","reason":"r"}})");
    CHECK(bench.to_server.back() ==
          R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":)" + id + R"(,"reason":"r"}})");
    CHECK(bench.answers[1].size() == 1);
    bench.result(id);
    CHECK(bench.answers[1].size() == 1);
}

TEST_CASE("nobody cancels another session's request") {
    Bench bench;
    bench.connect();
    const auto owner = bench.open();
    const auto other = bench.open();
    bench.call(owner, 1, "7");
    const auto id = bench.last_id();
    bench.taken();
    for (const auto& wanted : {std::string{"7"}, id})
        bench.notify(other,
                     R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":)" + wanted + "}}");
    CHECK(bench.taken().empty());
    bench.result(id);
    CHECK(bench.only_answer(1).ends_with(R"("result":{}})"));
}

TEST_CASE("a client that goes away does not cancel its request, and its answer goes nowhere") {
    Bench bench;
    bench.connect();
    bench.call(bench.open(), 1, "7");
    const auto id = bench.last_id();
    bench.taken();
    bench.bridge.abandon(Exchange{1});
    CHECK(bench.taken().empty());
    bench.result(id);
    CHECK(bench.answers[1].empty());
    CHECK(bench.bridge.in_flight() == 0);
}

TEST_CASE("ending a session cancels what it asked for") {
    Bench bench;
    bench.connect();
    const auto session = bench.open();
    bench.call(session, 1, "7");
    const auto id = bench.last_id();
    bench.taken();
    bench.bridge.close(session);
    REQUIRE(bench.to_server.size() == 1);
    CHECK(scan(bench.to_server[0])->method == Method::cancelled);
    CHECK(scan(bench.to_server[0])->request_id == id);
    CHECK(bench.error_code(1) == -32000);
    bench.call(session, 2, "8");
    CHECK(bench.error_code(2) == -32600);
}
