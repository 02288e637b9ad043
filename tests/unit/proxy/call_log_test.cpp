// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/time.hpp"
#include "exposition_check.hpp"
#include "proxy/call_log.hpp"
#include "proxy/exposition.hpp"
#include "support/temp_folder.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <sstream>

using namespace thv;
using namespace thv::proxy;
using namespace thv::test;
using mcp::CallEnd;

namespace {

std::vector<nlohmann::json> lines_of(const std::filesystem::path& path) {
    std::istringstream text{slurp(path)};
    std::vector<nlohmann::json> lines;
    for (std::string line; std::getline(text, line);)
        lines.push_back(nlohmann::json::parse(line));
    return lines;
}

mcp::Watch began(CallLog& log, std::string_view method, std::string_view raw_name = {}, Caller caller = {}) {
    const auto text = fmt::format(R"({{"jsonrpc":"2.0","id":1,"method":"{}","params":{{{}{}}}}})", method,
                                  raw_name.empty() ? "" : R"("arguments":{"key":"hush"},"name":)", raw_name);
    return log.began(caller, *mcp::scan(text));
}

void call(CallLog& log, std::string_view raw_name, CallEnd outcome) {
    log.ended(began(log, "tools/call", raw_name), {.outcome = outcome});
}

Samples samples(const CallLog& log) {
    Exposition exposition;
    log.expose(exposition);
    return Samples{exposition.take()};
}

} // namespace

TEST_CASE("an audit line says when, what, who, with which end, and not what was in it") {
    const TempFolder folder;
    const auto path = folder.path() / "audit.jsonl";
    const Caller caller{"https://i.example\nalice", "0123456789abcdef"};
    {
        CallLog log{{.file = std::make_shared<AuditFile>(path), .component = "weather"}};
        const auto first = began(log, "tools/call", R"("echo \"quoted\"")", caller);
        const auto second = began(log, "tools\\/list");
        CHECK(log.open() == 2);
        log.ended(second, {.outcome = CallEnd::failed, .code = -32000, .reason = "the server stopped: its words"});
        log.ended(first, {});
        CHECK(log.open() == 0);
        began(log, "prompts/get", R"("open")");
    }
    const auto lines = lines_of(path);
    REQUIRE(lines.size() == 3);
    CHECK(lines[0]["method"] == "tools/list");
    CHECK(lines[0]["outcome"] == "failed");
    CHECK(lines[0]["reason"] == "the server stopped");
    CHECK(lines[0]["code"] == -32000);
    CHECK_FALSE(lines[0].contains("subject"));
    CHECK_FALSE(lines[0].contains("session"));
    CHECK(lines[1]["component"] == "weather");
    CHECK(lines[1]["name"] == "echo \"quoted\"");
    CHECK(lines[1]["issuer"] == "https://i.example");
    CHECK(lines[1]["subject"] == "alice");
    CHECK(lines[1]["session"] == "9f9f5111f7b27a78"); // of its SHA-256
    CHECK(lines[1]["outcome"] == "success");
    CHECK(lines[1]["duration_ms"].is_number());
    CHECK(parse_rfc3339(lines[1]["time"].get<std::string>()).has_value());
    CHECK(lines[2]["name"] == "open");
    CHECK(lines[2]["reason"] == "the proxy was stopped");
    const auto text = slurp(path);
    CHECK(text.find("0123456789abcdef") == std::string::npos);
    CHECK(text.find("hush") == std::string::npos);
}

TEST_CASE("which calls are written down can be chosen in upstream's words") {
    const TempFolder folder;
    const auto path = folder.path() / "audit.jsonl";
    std::vector<std::string> methods;
    const auto write = [&](AuditOptions options) {
        std::filesystem::remove(path);
        options.file = std::make_shared<AuditFile>(path);
        {
            CallLog log{std::move(options)};
            for (const auto* method : {"tools/call", "tools/list", "ping", "own/method"})
                log.ended(began(log, method), {});
            log.turned_away(431);
        }
        methods.clear();
        for (const auto& line : lines_of(path))
            methods.push_back(line.value("method", "(none)"));
    };
    write({.file = {}, .only = {"mcp_tool_call", "http_request"}});
    CHECK(methods == std::vector<std::string>{"tools/call", "(none)"});
    write({.file = {}, .except = {"mcp_ping", "mcp_tools_list"}});
    CHECK(methods == std::vector<std::string>{"tools/call", "own/method", "(none)"});
    write({.file = {}, .only = {"mcp_ping", "mcp_request"}, .except = {"mcp_ping"}});
    CHECK(methods == std::vector<std::string>{"own/method"});
}

TEST_CASE("calls are counted by method and end, and their time is measured") {
    CallLog log;
    for (int i = 0; i < 3; ++i)
        call(log, R"("echo")", CallEnd::success);
    call(log, R"("echo")", CallEnd::tool_error);
    call(log, R"("nowhere")", CallEnd::error);
    log.ended(began(log, "ping"), {.outcome = CallEnd::abandoned});
    log.forget(began(log, "ping"));
    log.ended(mcp::Watch::none, {});
    const auto seen = samples(log);
    CHECK(seen.at(R"(toolhive_mcp_requests_total{method="tools/call",outcome="success"})") == 3);
    CHECK(seen.at(R"(toolhive_mcp_requests_total{method="tools/call",outcome="error"})") == 1);
    CHECK(seen.at(R"(toolhive_mcp_requests_total{method="ping",outcome="abandoned"})") == 1);
    CHECK(seen.at(R"(toolhive_mcp_request_duration_seconds_count{method="tools/call"})") == 5);
    CHECK(seen.at(R"(toolhive_mcp_request_duration_seconds_bucket{method="tools/call",le="+Inf"})") == 5);
    CHECK(seen.at(R"(toolhive_mcp_tool_calls_total{tool="echo",outcome="success"})") == 3);
    CHECK(seen.at(R"(toolhive_mcp_tool_calls_total{tool="echo",outcome="tool_error"})") == 1);
    CHECK(seen.at(R"x(toolhive_mcp_tool_calls_total{tool="(other)",outcome="error"})x") == 1);
    CHECK(seen.at("toolhive_proxy_audit_lines_lost_total") == 0);
}

TEST_CASE("an end that is told twice, or too late, is not another call's") {
    CallLog log;
    const auto first = began(log, "ping");
    log.ended(first, {});
    const auto second = began(log, "ping"); // in the same place
    log.ended(first, {.outcome = CallEnd::failed});
    CHECK(log.open() == 1);
    log.ended(second, {});
    CHECK(samples(log).at(R"(toolhive_mcp_requests_total{method="ping",outcome="success"})") == 2);
}

TEST_CASE("one name in two spellings is one tool") {
    CallLog log;
    call(log, R"("ech\u006f")", CallEnd::success);
    call(log, R"("echo")", CallEnd::success);
    call(log, R"("\"a\\b\nc")", CallEnd::success);
    call(log, R"x("(other)")x", CallEnd::success);
    const auto seen = samples(log);
    CHECK(seen.at(R"(toolhive_mcp_tool_calls_total{tool="echo",outcome="success"})") == 2);
    CHECK(seen.at(R"(toolhive_mcp_tool_calls_total{tool="\"a\\b\nc",outcome="success"})") == 1);
    CHECK(seen.at(R"x(toolhive_mcp_tool_calls_total{tool="(other)",outcome="success"})x") == 1);
}

TEST_CASE("clients cannot make series: neither with methods, nor with tools that the server does not have") {
    CallLog log;
    for (int i = 0; i < 1000; ++i) {
        log.ended(began(log, fmt::format("made/up{}", i)), {});
        call(log, fmt::format(R"("invented {}")", i), i % 2 == 0 ? CallEnd::error : CallEnd::tool_error);
    }
    CHECK(samples(log).size() < 50);
    // Nor does a server that takes every name let them go on without end.
    for (int i = 0; i < 2000; ++i)
        call(log, fmt::format(R"("taken {}")", i), CallEnd::success);
    CHECK(samples(log).size() < 600);
    CHECK(samples(log).at(R"x(toolhive_mcp_tool_calls_total{tool="(other)",outcome="success"})x") == 1500);
}
