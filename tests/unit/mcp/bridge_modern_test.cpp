// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// Clients of revision 2026-07-28 in front of a server of the legacy era.
#include "modern_bench.hpp"

using namespace thv::test;

TEST_CASE("what a legacy server says of itself answers server/discover") {
    ModernBench bench;
    bench.connect(R"({"tools":{"listChanged":true}})");
    bench.modern(1, "1", "server/discover", meta());
    CHECK(
        bench.only_answer(1) ==
        fmt::format(
            R"({{"jsonrpc":"2.0","id":1,"result":{{"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{{"tools":{{"listChanged":true}}}},"ttlMs":0,"cacheScope":"private","_meta":{{{}}}}}}})",
            info));
    CHECK(bench.to_server.empty());
    CHECK(bench.bridge.sessions() == 0);
}

TEST_CASE("results of a legacy server get what modern ones have, and keep everything else byte by byte") {
    struct Case {
        std::string_view method, result, expected;
    };
    const std::vector<Case> cases{
        {"prompts/get", R"({"messages": [1.0, 10000000000000000001]})",
         R"({"resultType":"complete","_meta":{INFO},"messages": [1.0, 10000000000000000001]})"},
        {"prompts/list", R"({"prompts":[]})",
         R"({"resultType":"complete","ttlMs":0,"cacheScope":"private","_meta":{INFO},"prompts":[]})"},
        {"resources/read", R"({"contents":[],"ttlMs":5})",
         R"({"resultType":"complete","cacheScope":"private","_meta":{INFO},"contents":[],"ttlMs":5})"},
        {"completion/complete", "{}", R"({"resultType":"complete","_meta":{INFO}})"},
        {"prompts/get", R"({"_meta":{"a":1},"messages":[]})",
         R"({"resultType":"complete","_meta":{INFO,"a":1},"messages":[]})"},
        {"prompts/get", R"({"_meta":{ },"messages":[]})", R"({"resultType":"complete","_meta":{INFO },"messages":[]})"},
    };
    for (const auto& [method, result, expected] : cases) {
        CAPTURE(method, result);
        ModernBench bench;
        bench.connect();
        bench.modern(1, R"("a")", method, meta());
        bench.result(bench.last_id(), result);
        auto wanted = std::string{expected};
        wanted.replace(wanted.find("INFO"), 4, info);
        CHECK(bench.only_answer(1) == fmt::format(R"({{"jsonrpc":"2.0","id":"a","result":{}}})", wanted));
        CHECK(bench.bridge.in_flight() == 0);
    }
}

TEST_CASE("errors get the codes of the modern era, and their status") {
    struct Case {
        int code, expected, status;
    };
    for (const auto& [code, expected, status] :
         std::vector<Case>{{-32601, -32601, 404}, {-32002, -32602, 0}, {-32042, -32603, 0}, {-32602, -32602, 0}}) {
        ModernBench bench;
        bench.connect();
        bench.modern(1, "1", "resources/read", meta());
        bench.server(
            fmt::format(R"({{"jsonrpc":"2.0","id":{},"error":{{"code":{},"message":"m"}}}})", bench.last_id(), code));
        CHECK(bench.error_code(1) == expected);
        CHECK(bench.statuses[1] == status);
    }
}

TEST_CASE("equal ids of different requests do not meet, as there are no sessions") {
    ModernBench bench;
    bench.connect();
    bench.modern(1, "1", "prompts/list", meta());
    const auto first = bench.last_id();
    bench.modern(2, "1", "prompts/list", meta());
    CHECK(first != bench.last_id());
    bench.result(first, R"({"prompts":["a"]})");
    CHECK(bench.only_answer(1).find(R"(["a"])") != std::string::npos);
    CHECK(bench.answers[2].empty());
}

TEST_CASE("a client that goes away cancels its request") {
    ModernBench bench;
    bench.connect();
    bench.modern(1, "1", "prompts/list", meta());
    const auto id = bench.last_id();
    bench.bridge.abandon(Exchange{1});
    CHECK(bench.to_server.back().find(R"("notifications/cancelled","params":{"requestId":)" + id) != std::string::npos);
    CHECK(bench.bridge.in_flight() == 0);
    bench.result(id);
    CHECK(bench.answers[1].empty());
}

TEST_CASE("a server's question becomes a result that asks for input, and the retry goes on where the call was") {
    ModernBench bench;
    bench.connect();
    bench.call_tool(1, "1", R"("name":"t",)" + meta(R"({"elicitation":{}})"));
    const auto call = bench.last_id();
    bench.server(R"({"jsonrpc":"2.0","id":"q","method":"elicitation/create","params":{"message":"who?"}})");
    const auto asked = bench.only_answer(1);
    const auto result = member(asked, "result");
    CHECK(member(result, "resultType") == R"("input_required")");
    const auto requests = member(result, "inputRequests");
    const auto key = unquote(requests.substr(1, requests.find(':') - 1)).value();
    CHECK(member(requests, key) == R"({"method":"elicitation/create","params":{"message":"who?"}})");
    const auto state = member(result, "requestState");
    CHECK(state == R"("secret-1")");

    const std::string_view answer = R"({"action":"accept","content":{"name":"Ada"}})";
    bench.to_server.clear();
    bench.modern(2, "2", "tools/call",
                 fmt::format(R"("name":"t","requestState":{},"inputResponses":{{"{}":{}}},{})", state, key, answer,
                             meta(R"({"elicitation":{}})")));
    CHECK(bench.taken() == Texts{fmt::format(R"({{"jsonrpc":"2.0","id":"q","result":{}}})", answer)});
    bench.result(call, R"({"content":[]})");
    CHECK(bench.only_answer(2).find(R"("id":2)") != std::string::npos);
    CHECK(bench.only_answer(2).find(R"("resultType":"complete")") != std::string::npos);
    CHECK(bench.answers[1].size() == 1);
    CHECK(bench.bridge.in_flight() == 0);
}

TEST_CASE("a retry is refused when its state is not the right one for it") {
    struct Case {
        std::string_view name, tool, state;
    };
    for (const auto& [name, tool, state] :
         std::vector<Case>{{"tampered", "t", "secret-1x"}, {"for another tool", "u", "secret-1"}}) {
        CAPTURE(name);
        ModernBench bench;
        bench.connect();
        bench.call_tool(1, "1", R"("name":"t",)" + meta(R"({"roots":{}})"));
        bench.server(R"({"jsonrpc":"2.0","id":"q","method":"roots/list"})");
        bench.modern(2, "2", "tools/call",
                     fmt::format(R"("name":"{}","requestState":"{}","inputResponses":{{}},{})", tool, state, meta()));
        CHECK(bench.error_code(2) == -32602);
    }
}

TEST_CASE("what the client leaves out is asked for again") {
    ModernBench bench;
    bench.connect();
    bench.call_tool(1, "1", R"("name":"t",)" + meta(R"({"roots":{}})"));
    bench.server(R"({"jsonrpc":"2.0","id":"q","method":"roots/list"})");
    bench.modern(2, "2", "tools/call", R"("name":"t","requestState":"secret-1","inputResponses":{"x":{}},)" + meta());
    CHECK(bench.only_answer(2).find("input_required") != std::string::npos);
    CHECK(bench.only_answer(2).find("secret-2") != std::string::npos);
}

TEST_CASE("an answer that comes while the client gathers input waits for it") {
    ModernBench bench;
    bench.connect();
    bench.call_tool(1, "1", R"("name":"t",)" + meta(R"({"roots":{}})"));
    const auto call = bench.last_id();
    bench.server(R"({"jsonrpc":"2.0","id":"q","method":"roots/list"})");
    bench.result(call, R"({"content":["early"]})");
    bench.modern(2, "2", "tools/call", R"("name":"t","requestState":"secret-1","inputResponses":{},)" + meta());
    CHECK(bench.only_answer(2).find("early") != std::string::npos);
    CHECK(bench.bridge.in_flight() == 0);
}

TEST_CASE("a client that never comes back is forgotten, and the server told") {
    BridgeLimits limits;
    limits.call_idle = 10s;
    ModernBench bench{limits};
    bench.bridge.tick(Bridge::Time{});
    bench.connect();
    bench.call_tool(1, "1", R"("name":"t",)" + meta(R"({"roots":{}})"));
    bench.server(R"({"jsonrpc":"2.0","id":"q","method":"roots/list"})");
    bench.to_server.clear();
    bench.bridge.tick(Bridge::Time{} + 11s);
    REQUIRE(bench.to_server.size() == 2);
    CHECK(bench.to_server[0].find("notifications/cancelled") != std::string::npos);
    CHECK(bench.to_server[1].find(R"("id":"q","error")") != std::string::npos);
    CHECK(bench.bridge.in_flight() == 0);
}

TEST_CASE("a server that needs what the client cannot do ends the request with what is missing") {
    ModernBench bench;
    bench.connect();
    bench.call_tool(1, "1", R"("name":"t",)" + meta());
    bench.server(R"({"jsonrpc":"2.0","id":"q","method":"sampling/createMessage","params":{}})");
    CHECK(bench.error_code(1) == -32021);
    CHECK(bench.statuses[1] == 400);
    CHECK(bench.only_answer(1).find(R"("data":{"requiredCapabilities":{"sampling":{}}})") != std::string::npos);
}

TEST_CASE("log messages come only to a request that asked for them") {
    for (const bool asked : {false, true}) {
        ModernBench bench;
        bench.connect(R"({"tools":{},"logging":{}})");
        bench.call_tool(1, "1",
                        R"("name":"t",)" + meta("{}", asked ? R"(,"io.modelcontextprotocol/logLevel":"warning")" : ""));
        bench.server(R"({"jsonrpc":"2.0","method":"notifications/message","params":{"level":"error","data":1}})");
        bench.server(R"({"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":2}})");
        CHECK(bench.events[1].size() == (asked ? 1 : 0));
        const auto told = std::ranges::count_if(
            bench.to_server, [](const auto& line) { return scan(line)->method == Method::set_level; });
        CHECK(told == (asked ? 1 : 0));
    }
}

TEST_CASE("calls are checked against the tools' schemas, which are asked for once and again after a change") {
    ModernBench bench;
    bench.connect(R"({"tools":{"listChanged":true}})");
    const auto listed = [&] {
        bench.result(bench.last_id(), R"({"tools":[],"nextCursor":"more"})");
        CHECK(bench.to_server.back().find(R"("cursor":"more")") != std::string::npos);
        bench.result(
            bench.last_id(),
            R"({"tools":[{"name":"t","inputSchema":{"properties":{"r":{"type":"string","x-mcp-header":"R"}}}}]})");
    };
    const auto params = R"("name":"t","arguments":{"r":"x"},)" + meta();
    bench.modern(1, "1", "tools/call", params);
    listed();
    CHECK(bench.error_code(1) == -32020);
    CHECK(bench.statuses[1] == 400);
    bench.to_server.clear();
    bench.modern(2, "2", "tools/call", params, {{"r", "x"}});
    CHECK(scan(bench.to_server.at(0))->method == Method::call_tool);
    bench.server(R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})");
    bench.to_server.clear();
    bench.modern(3, "3", "tools/call", params, {{"r", "x"}});
    CHECK(scan(bench.to_server.at(0))->method == Method::list_tools);
    listed();
    CHECK(scan(bench.to_server.back())->method == Method::call_tool);
}

TEST_CASE("requests that wait for the server are sent when it is ready, and fail when it never is") {
    BridgeLimits limits;
    limits.child_wait = 5s;
    ModernBench bench{limits};
    bench.bridge.tick(Bridge::Time{});
    bench.modern(1, "1", "prompts/list", meta());
    bench.connect();
    CHECK(bench.bridge.in_flight() == 1);
    bench.bridge.child_gone("it died");
    CHECK(bench.error_code(1) == -32603);
    bench.modern(2, "2", "server/discover", meta());
    bench.bridge.tick(Bridge::Time{} + 6s);
    CHECK(bench.error_code(2) == -32603);
    CHECK(bench.bridge.waiting() == 0);
}
