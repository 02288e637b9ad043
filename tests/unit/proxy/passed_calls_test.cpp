// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// What is counted and written down of calls to a server that speaks HTTP itself.
#include "exposition_check.hpp"
#include "proxy/exposition.hpp"
#include "site.hpp"
#include "support/temp_folder.hpp"

#include <nlohmann/json.hpp>

#include <sstream>

using namespace thv;
using namespace thv::proxy;
using namespace thv::test;

namespace {

constexpr std::string_view json = "Content-Type: application/json\r\n";
constexpr std::string_view events = "Content-Type: text/event-stream\r\n";

Samples samples(const Site& site) {
    Exposition exposition;
    site.proxy.calls().expose(exposition);
    expose(exposition, site.proxy.vitals());
    return Samples{exposition.take()};
}

std::string calls(std::string_view outcome) {
    return fmt::format(R"(toolhive_mcp_requests_total{{method="tools/call",outcome="{}"}})", outcome);
}

http::Request post(std::string body, std::string target = "/mcp", http::Headers more = {}) {
    http::Request request{.method = "POST", .target = std::move(target)};
    request.headers = std::move(more);
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = std::move(body);
    return request;
}

} // namespace

TEST_CASE("a passed call ends as its answer says") {
    struct Row {
        int status;
        std::string_view fields;
        std::string body;
        std::string outcome;
    };
    const auto row = GENERATE(
        Row{200, json, R"({"jsonrpc":"2.0","id":7,"result":{}})", "success"},
        Row{200, json, R"({"jsonrpc":"2.0","id":7,"result":{"isError":true}})", "tool_error"},
        Row{200, json, R"({"jsonrpc":"2.0","id":7,"error":{"code":-32602,"message":"no"}})", "error"},
        Row{400, json, R"({"jsonrpc":"2.0","error":{"code":-32000,"message":"no"}})", "error"},
        Row{500, "Content-Type: text/html\r\n", "<html>", "error"}, Row{503, json, "{}", "failed"},
        Row{200, events, "data: {\"id\":1,\"method\":\"x\"}\n\ndata: {\"id\":7,\"result\":{\"isError\":true}}\n\n",
            "tool_error"},
        Row{200, "Content-Type: application/json\r\nContent-Encoding: gzip\r\n", "??", "success"});
    INFO(row.status << row.body);
    const bool streamed = GENERATE(false, true);
    Site site;
    site.connect();
    site.backend.action = [&](http::Visit& visit) {
        if (!streamed) return visit.answer(row.status, row.fields, row.body);
        visit.start(row.status, row.fields);
        for (const char byte : row.body)
            visit.send(std::string_view{&byte, 1});
        visit.finish();
    };
    site.run([](Site& s) -> Task<> {
        co_await s.send(post(call("7", "echo")));
        co_await until([&] { return s.proxy.calls().open() == 0; });
    });
    CHECK(samples(site).at(calls(row.outcome)) == 1);
}

TEST_CASE("a passed call without an answer has failed, or was abandoned") {
    Site site{Transport::streamable_http, 50ms};
    site.run([](Site& s) -> Task<> {
        const auto none = co_await s.send(post(call("1", "echo")));
        CHECK(none.status == 503);
        s.connect();
        s.backend.action = [](http::Visit& visit) {
            visit.start(200, events);
            visit.send(std::string_view{"data: {\"id\":2,"});
            visit.abort();
        };
        CHECK_THROWS_AS(co_await s.send(post(call("2", "echo"))), std::exception);
        CHECK(samples(s).at(calls("failed")) == 2);
        s.backend.action = [](http::Visit&) {};
        {
            auto speaker = s.client();
            auto request = post(call("3", "echo"));
            request.deadline = 50ms;
            CHECK_THROWS_AS(co_await speaker.request(std::move(request)), Error);
        }
        co_await until([&] { return s.proxy.calls().open() == 0; });
        CHECK(samples(s).at(calls("abandoned")) == 1);
    });
}

TEST_CASE("answers of HTTP with SSE come on another stream, and end their calls there") {
    const auto* const endpoint = GENERATE("http://127.0.0.1:9/messages?s=1", "/messages?s=1", "messages?s=1");
    CAPTURE(endpoint);
    Site site{Transport::sse};
    site.connect();
    http::Visit* stream = nullptr;
    site.backend.action = [&](http::Visit& visit) {
        if (visit.method() == "POST") return visit.answer(202, {}, std::string_view{});
        stream = &visit;
        visit.start(200, events);
        visit.send(fmt::format("event: endpoint\ndata: {}\n\n", endpoint));
    };
    drive(site.context, [](Site& s, http::Visit*& from) -> Task<> {
        asio::co_spawn(s.context, s.proxy.serve(), asio::detached);
        auto speaker = s.client();
        auto opened = co_await speaker.open({.method = "GET", .target = "/sse"});
        co_await read_until(*opened, "messages?s=1\n\n");
        for (const auto* id : {"1", "2", "3"})
            co_await s.send(post(call(id, "echo"), "/messages?s=1"));
        co_await s.send(post(call("1", "echo"), "/messages?s=2")); // somebody else's
        CHECK(s.proxy.calls().open() == 4);
        from->send(std::string_view{
            "data: {\"id\":2,\"result\":{}}\r\n\r\ndata: {\"id\":1,\"result\":{\"isError\":true}}\n\n"});
        co_await until([&] { return s.proxy.calls().open() == 2; });
        CHECK(samples(s).at(calls("success")) == 1);
        CHECK(samples(s).at(calls("tool_error")) == 1);
        opened.reset();
        co_await until([&] { return s.proxy.calls().open() == 1; });
        CHECK(samples(s).at(calls("abandoned")) == 1);
        s.close();
    }(site, stream));
}

TEST_CASE("an answer may come on a stream of the session after the call's own has ended") {
    Site site;
    site.connect();
    site.backend.action = [](http::Visit& visit) {
        if (visit.method() == "DELETE") return visit.answer(200, {}, std::string_view{});
        visit.start(200, events);
        visit.send(
            std::string_view{visit.method() == "GET" ? "data: {\"id\":7,\"result\":{}}\n\n" : "id: 1\ndata:\n\n"});
        visit.finish();
    };
    site.run([](Site& s) -> Task<> {
        const http::Headers session{{"Mcp-Session-Id", "s"}};
        co_await s.send(post(call("7", "echo"), "/mcp", session));
        co_await s.send(post(call("8", "echo"), "/mcp", session));
        CHECK(s.proxy.calls().open() == 2);
        co_await s.send({.method = "GET", .target = "/mcp", .headers = session});
        co_await until([&] { return s.proxy.calls().open() == 1; });
        CHECK(samples(s).at(calls("success")) == 1);
        co_await s.send({.method = "DELETE", .target = "/mcp", .headers = session});
        co_await until([&] { return s.proxy.calls().open() == 0; });
        CHECK(samples(s).at(calls("abandoned")) == 1);
    });
}

TEST_CASE("what cannot be read is written down all the same, and notifications are no calls") {
    const TempFolder folder;
    const auto path = folder.path() / "audit.jsonl";
    {
        auto options = Site::options(Transport::streamable_http, 10s);
        options.calls =
            std::make_shared<CallLog>(AuditOptions{.file = std::make_shared<AuditFile>(path), .only = {"mcp_ping"}});
        Site site{options};
        options.calls.reset();
        site.connect();
        site.run([](Site& s) -> Task<> {
            co_await s.send(post(fmt::format("[{}]", call("1", "echo"))));
            co_await s.send(post(R"({"jsonrpc":"2.0","method":"notifications/initialized"})"));
            co_await s.send(post(call("2", "echo")));
        });
    }
    std::istringstream text{slurp(path)};
    std::vector<nlohmann::json> lines;
    for (std::string line; std::getline(text, line);)
        lines.push_back(nlohmann::json::parse(line));
    REQUIRE(lines.size() == 1);
    CHECK(lines[0]["method"] == "(unreadable)");
    CHECK(lines[0]["outcome"] == "success");
}
