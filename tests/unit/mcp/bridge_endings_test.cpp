// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "modern_bench.hpp"

using namespace thv::test;

TEST_CASE("a request has its end when the server has answered, and the end says how") {
    struct Row {
        std::string answer;
        CallEnd outcome;
        int code;
    };
    const auto row = GENERATE(
        Row{R"("result":{"content":[]})", CallEnd::success, 0},
        Row{R"("result":{"content":[],"isError":true})", CallEnd::tool_error, 0},
        Row{R"("result":{"isError":false,"structuredContent":{"isError":true}})", CallEnd::success, 0},
        Row{R"("error":{"code":-32602,"message":"no such tool: secret"})", CallEnd::error, -32602},
        Row{R"("error":{"code":1.5,"message":"odd"})", CallEnd::error, 0}, Row{R"("result":17)", CallEnd::success, 0});
    INFO(row.answer);
    Bench bench;
    bench.connect();
    const auto session = bench.open();
    bench.call(session, 1, "7");
    CHECK(bench.ends[1].empty());
    bench.server(fmt::format(R"({{"jsonrpc":"2.0","id":{},{}}})", bench.last_id(), row.answer));
    const auto end = bench.only_end(1);
    CHECK(end.outcome == row.outcome);
    CHECK(end.code == row.code);
    CHECK(end.reason.empty()); // that is in the server's words
}

TEST_CASE("what is answered here has its end at once") {
    Bench bench;
    bench.connect();
    CHECK(bench.initialize(1));
    CHECK(bench.only_end(1).outcome == CallEnd::success);
    const auto session = bench.opened_by[1];
    bench.ask(session, 2, R"({"jsonrpc":"2.0","id":1,"method":"ping"})");
    CHECK(bench.only_end(2).outcome == CallEnd::success);
    bench.ask(session, 3, R"({"jsonrpc":"2.0","id":2,"method":"initialize","params":{}})");
    CHECK(bench.only_end(3).outcome == CallEnd::refused);
    bench.ask(Session{99}, 4, R"({"jsonrpc":"2.0","id":2,"method":"tools/list"})");
    CHECK(bench.only_end(4).reason == "the session is not open");
}

TEST_CASE("a request that waits for the server has its end when the server has come and answered") {
    Bench bench;
    CHECK(bench.initialize(1));
    CHECK(bench.ends[1].empty());
    bench.connect();
    CHECK(bench.only_end(1).outcome == CallEnd::success);
}

TEST_CASE("requests without an answer have an end, too, and one only") {
    Bench bench;
    bench.connect();
    const auto session = bench.open();
    bench.call(session, 1, "1");
    const auto late = bench.last_id();
    SECTION("the server is gone") {
        bench.bridge.child_gone("it exited");
        CHECK(bench.only_end(1).outcome == CallEnd::failed);
        bench.call(session, 2, "2");
        bench.bridge.tick(std::chrono::steady_clock::now() + 1h);
        CHECK(bench.only_end(2).outcome == CallEnd::failed);
    }
    SECTION("it takes too long") {
        bench.bridge.tick(std::chrono::steady_clock::now() + 1h);
        CHECK(bench.only_end(1).outcome == CallEnd::failed);
        CHECK(bench.only_end(1).reason == "Request timed out");
    }
    SECTION("the client cancels") {
        bench.notify(session, R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}})");
        CHECK(bench.only_end(1).outcome == CallEnd::abandoned);
    }
    SECTION("the client goes away, and the server answers nobody") {
        bench.bridge.abandon(Exchange{1});
        CHECK(bench.only_end(1).outcome == CallEnd::abandoned);
    }
    SECTION("the session ends") {
        bench.bridge.close(session);
        CHECK(bench.only_end(1).outcome == CallEnd::abandoned);
    }
    bench.result(late);
    CHECK(bench.ends[1].size() == 1);
}

TEST_CASE("a request beyond the limits is not the bridge's to end") {
    Bench bench{BridgeLimits{.in_flight = 1, .waiting = 1}};
    bench.connect();
    const auto session = bench.open();
    CHECK(bench.call(session, 1, "1"));
    CHECK(bench.call(session, 2, "2"));
    CHECK_FALSE(bench.call(session, 3, "3"));
    CHECK(bench.ends[3].empty());
    bench.result(bench.last_id());
    bench.result(bench.last_id());
    CHECK(bench.only_end(1).outcome == CallEnd::success);
    CHECK(bench.only_end(2).outcome == CallEnd::success);
}

TEST_CASE("a process of one client's own: its handshake has an end") {
    Bench bench;
    bench.bridge.child_lent();
    bench.initialize(1);
    CHECK(bench.ends[1].empty());
    bench.server(
        fmt::format(R"({{"jsonrpc":"2.0","id":{},"error":{{"code":-32000,"message":"no"}}}})", bench.last_id()));
    CHECK(bench.only_end(1).outcome == CallEnd::error);
    bench.initialize(2);
    bench.result(bench.last_id(), R"({"protocolVersion":"2025-11-25","capabilities":{}})");
    CHECK(bench.only_end(2).outcome == CallEnd::success);
    bench.initialize(3);
    CHECK(bench.only_end(3).outcome == CallEnd::refused);
}

TEST_CASE("modern requests have their ends, at a server of either era") {
    ModernBench bench;
    const bool legacy = GENERATE(true, false);
    legacy ? bench.connect() : bench.connect_modern();
    bench.call_tool(1, "1", R"("name":"t",)" + meta());
    bench.result(bench.last_id(), R"({"isError":true})");
    CHECK(bench.only_end(1).outcome == CallEnd::tool_error);
    bench.call_tool(2, "2", R"("name":"t",)" + meta());
    bench.bridge.abandon(Exchange{2});
    CHECK(bench.only_end(2).outcome == CallEnd::abandoned);
    bench.call_tool(3, "3", R"("name":"t",)" + meta());
    bench.bridge.child_gone("");
    CHECK(bench.only_end(3).outcome == CallEnd::failed);
}

TEST_CASE("a stream of notifications ends when its client has had enough, and that is no fault") {
    ModernBench bench;
    const bool legacy = GENERATE(true, false);
    legacy ? bench.connect() : bench.connect_modern();
    for (const int exchange : {1, 2})
        bench.modern(exchange, std::to_string(exchange), "subscriptions/listen", R"("notifications":{},)" + meta());
    CHECK(bench.ends[1].empty());
    bench.bridge.abandon(Exchange{1});
    CHECK(bench.only_end(1).outcome == CallEnd::success);
    bench.bridge.end_listening();
    CHECK(bench.only_end(2).outcome == CallEnd::success);
    CHECK(bench.ends[1].size() == 1);
}

TEST_CASE("being asked for input ends a request, and the one that follows has the call's end") {
    ModernBench bench;
    bench.connect();
    bench.call_tool(1, "1", R"("name":"t",)" + meta(R"({"sampling":{}})"));
    const auto call = bench.last_id();
    bench.server(R"({"jsonrpc":"2.0","id":"q","method":"sampling/createMessage","params":{}})");
    CHECK(bench.only_end(1).outcome == CallEnd::success);
    const std::string asked = bench.only_answer(1);
    const auto state = unquote(member(scan(asked)->body, "requestState")).value_or("");
    const auto requests = member(scan(asked)->body, "inputRequests");
    const auto key = std::string{requests.substr(2, requests.find('"', 2) - 2)};
    bench.call_tool(2, "2",
                    fmt::format(R"("name":"t","requestState":{},"inputResponses":{{"{}":{{}}}},{})", quote(state), key,
                                meta(R"({"sampling":{}})")));
    CHECK(bench.ends[2].empty());
    bench.result(call, R"({"isError":true})");
    CHECK(bench.only_end(2).outcome == CallEnd::tool_error);
    CHECK(bench.ends[1].size() == 1);
    bench.call_tool(3, "3", R"("name":"t","requestState":"invented",)" + meta());
    CHECK(bench.only_end(3).outcome == CallEnd::refused);
    CHECK(bench.only_end(3).code == -32602);
}
