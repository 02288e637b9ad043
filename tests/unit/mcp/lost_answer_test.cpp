// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"
#include "mcp/tool_view.hpp"

using namespace thv::test;

namespace {

std::string deep(int levels) {
    return std::string(static_cast<std::size_t>(levels), '[') + std::string(static_cast<std::size_t>(levels), ']');
}

/// The message of the error that a call ended with.
std::string complaint(Bench& bench, int exchange) {
    const auto text = bench.only_answer(exchange);
    return unquote(member(scan(text)->body, "message")).value_or("");
}

} // namespace

TEST_CASE("a call whose answer is not passed on fails at once and says why") {
    const auto [name, answer, why] = GENERATE(table<std::string, std::string, std::string>({
        {"too deep, the id first", R"({"jsonrpc":"2.0","id":ID,"result":DEEP})", "nested more than 64 deep"},
        {"too deep, the id last", R"({"result":DEEP,"jsonrpc":"2.0","id":ID})", "nested more than 64 deep"},
        {"too deep, the id before the version", R"({ "result" : DEEP , "id" : ID , "jsonrpc" : "2.0" } )",
         "nested more than 64 deep"},
        {"NUL in a key", R"({"jsonrpc":"2.0","id":ID,"result":{"\u0000":1}})", "NUL in a key"},
        {"two results", R"({"jsonrpc":"2.0","result":{},"id":ID,"result":1})", "a member occurs twice"},
        {"no version", R"({"id":ID,"result":{}})", "jsonrpc is not \"2.0\""},
        {"cut off", R"({"jsonrpc":"2.0","id":ID,"result":{"text":"abc)", "Parse error"},
    }));
    INFO(name);
    Bench bench;
    bench.connect();
    const auto session = bench.open();
    bench.call(session, 1, "\"mine\"");
    auto line = answer;
    line.replace(line.find("ID"), 2, bench.last_id());
    if (const auto place = line.find("DEEP"); place != std::string::npos) line.replace(place, 4, deep(70));
    bench.server(line);
    CHECK(complaint(bench, 1) == "the server's answer cannot be passed on: " + why);
    CHECK(scan(bench.only_answer(1))->id == "\"mine\"");
    CHECK(bench.error_code(1) == -32603);
    CHECK(bench.bridge.in_flight() == 0);
    CHECK(bench.bridge.counters().garbage_lines == 1);
}

TEST_CASE("what does not say for certain which call it answers fails none") {
    const std::string answer = GENERATE(
        R"({"jsonrpc":"2.0","result":{"id":ID},"result":1})", R"({"jsonrpc":"2.0","id":ID,"id":ID,"result":1})",
        R"({"jsonrpc":"2.0","id":ID,"method":"ping","params":[]})", R"({"jsonrpc":"2.0","id":"ID","result":\x})",
        R"(a log line with "id":ID in it)", R"({"jsonrpc":"2.0","result":["x","id":ID)", R"({"jsonrpc":"2.0","id":ID)");
    INFO(answer);
    Bench bench;
    bench.connect();
    bench.call(bench.open(), 1, "1");
    auto line = answer;
    for (auto place = line.find("ID"); place != std::string::npos; place = line.find("ID"))
        line.replace(place, 2, bench.last_id());
    bench.server(line);
    CHECK(bench.answers[1].empty());
    CHECK(bench.bridge.in_flight() == 1);
    bench.result(bench.last_id());
    CHECK(bench.answers[1].size() == 1);
}

TEST_CASE("a call whose answer is longer than a line may be fails, and the next one gets its own") {
    const bool id_first = GENERATE(true, false);
    Bench bench{{.line_bytes = 2000}};
    bench.connect();
    const auto session = bench.open();
    bench.call(session, 1, "1");
    const auto first = bench.last_id();
    bench.call(session, 2, "2");
    const auto second = bench.last_id();
    const std::string text(5000, 'x');
    const auto line = id_first ? fmt::format(R"({{"jsonrpc":"2.0","id":{},"result":"{}"}})", first, text)
                               : fmt::format(R"({{"result":"{}","jsonrpc":"2.0","id":{}}})", text, first);
    for (std::size_t at = 0; at < line.size(); at += 700)
        bench.bridge.child_bytes(std::string_view{line}.substr(at, 700));
    CHECK(bench.answers[1].empty());
    bench.bridge.child_bytes("\n");
    CHECK(complaint(bench, 1) == "the server's answer cannot be passed on: its line is longer than 2000 bytes");
    bench.result(second, R"({"ok":true})");
    CHECK(bench.only_answer(2) == R"({"jsonrpc":"2.0","id":2,"result":{"ok":true}})");
    CHECK(bench.bridge.counters().garbage_lines == 1);
}

TEST_CASE("under a view of the tools an answer that is too long fails its call as well") {
    const ToolView view{{"one"}, {}};
    ViewedServer server{view, 100};
    const std::string text(200, 'x');
    const auto out = server.from_server(fmt::format(
        "{{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":\"{}\"}}\n{{\"jsonrpc\":\"2.0\",\"id\":8,\"result\":{{}}}}\n",
        text));
    CHECK(out == R"({"jsonrpc":"2.0","id":7,"error":{"code":-32603,"message":)"
                 R"("the server's answer cannot be passed on: its line is longer than 100 bytes"}})"
                 "\n"
                 R"({"jsonrpc":"2.0","id":8,"result":{}})"
                 "\n");
}
