// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "exposition_check.hpp"
#include "proxy/diagnostics.hpp"
#include "proxy/exposition.hpp"
#include "proxy/vitals.hpp"
#include "world.hpp"

using namespace thv;
using namespace thv::proxy;
using namespace thv::test;

namespace {

Samples samples(const World& world) {
    Exposition exposition;
    world.proxy.calls().expose(exposition);
    expose(exposition, world.proxy.vitals());
    return Samples{exposition.take()};
}

} // namespace

TEST_CASE("metrics and health have a port of their own, for programs of this machine") {
    asio::io_context context{1};
    bool well = true;
    Diagnostics diagnostics{context.get_executor(),
                            {.metrics = [] { return std::string{"m 1\n"}; },
                             .health = [&well] { return Told{well ? 200 : 503, "application/json", "{}"}; }}};
    diagnostics.start(0);
    CHECK_THROWS_AS(Diagnostics(context.get_executor(), {}).start(diagnostics.port()), Error);
    drive(context, [](Diagnostics& at, bool& is_well) -> Task<> {
        http::Client client{http::TcpEndpoint{"127.0.0.1", at.port()}};
        const auto metrics = co_await client.request({.target = "/metrics?x=1"});
        CHECK(metrics.status == 200);
        CHECK(metrics.body == "m 1\n");
        CHECK(*metrics.header("content-type") == "text/plain; version=0.0.4; charset=utf-8");
        const auto health = co_await client.request({.target = "/health"});
        CHECK(health.status == 200);
        is_well = false;
        const auto ill = co_await client.request({.target = "/health"});
        CHECK(ill.status == 503);
        const auto nothing = co_await client.request({.target = "/mcp"});
        CHECK(nothing.status == 404);
        const auto changed = co_await client.request({.method = "POST", .target = "/metrics"});
        CHECK(changed.status == 405);
        const auto page = co_await client.request({.target = "/metrics", .headers = {{"Host", "evil.example"}}});
        CHECK(page.status == 403);
        at.close();
    }(diagnostics, well));
}

TEST_CASE("a proxy's metrics agree with what its clients did") {
    World world;
    world.connect();
    world.run([](World& w) -> Task<> {
        const auto session = co_await w.open();
        for (int i = 0; i < 5; ++i)
            co_await w.post(call(std::to_string(i), "echo"), session);
        co_await w.post(R"({"jsonrpc":"2.0","id":9,"method":"ping"})", session);
        co_await w.post("{", session);
        co_await w.post(call("1", "echo"), "invented");
        auto held = co_await w.stream(session);
        asio::co_spawn(
            w.context, [](World& in, std::string id) -> Task<> { co_await in.post(call("7", "hold"), id); }(w, session),
            asio::detached);
        co_await until([&] { return w.server->held.size() == 1; });
        auto seen = samples(w);
        CHECK(seen.at(R"(toolhive_mcp_requests_total{method="initialize",outcome="success"})") == 1);
        CHECK(seen.at(R"(toolhive_mcp_requests_total{method="tools/call",outcome="success"})") == 5);
        CHECK(seen.at(R"(toolhive_mcp_requests_total{method="ping",outcome="success"})") == 1);
        CHECK(seen.at(R"(toolhive_proxy_refused_requests_total{status="400"})") == 1);
        CHECK(seen.at(R"(toolhive_proxy_refused_requests_total{status="404"})") == 1);
        CHECK(seen.at("toolhive_mcp_server_up") == 1);
        CHECK(seen.at("toolhive_mcp_sessions") == 1);
        CHECK(seen.at("toolhive_mcp_open_streams") == 1);
        CHECK(seen.at("toolhive_mcp_requests_in_flight") == 1);
        w.crash("killed");
        seen = samples(w);
        CHECK(seen.at("toolhive_mcp_server_up") == 0);
        CHECK(seen.at("toolhive_mcp_requests_in_flight") == 0);
        CHECK(seen.at(R"(toolhive_mcp_requests_total{method="tools/call",outcome="failed"})") == 1);
    });
}

TEST_CASE("calls over HTTP with SSE are counted like others") {
    World world;
    world.connect();
    world.run([](World& w) -> Task<> {
        auto events = co_await w.stream({}, "/sse");
        const auto text = co_await read_until(*events, "\n\n");
        const auto place = text.substr(text.find("/messages"), text.find("\n\n") - text.find("/messages"));
        const auto post = [](World& in, std::string to, std::string body) -> Task<> {
            http::Request request{.method = "POST", .target = std::move(to)};
            request.headers = {{"Content-Type", "application/json"}};
            request.body = std::move(body);
            const auto answer = co_await in.send(std::move(request));
            CHECK(answer.status == 202);
        };
        co_await post(w, place, call("1", "echo"));
        co_await read_until(*events, "not initialized");
        co_await post(
            w, place,
            R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2024-11-05","capabilities":{},"clientInfo":{"name":"t","version":"1"}}})");
        co_await read_until(*events, "serverInfo");
        co_await post(w, place, call("2", "echo"));
        co_await read_until(*events, "echo");
        co_await post(w, place, call("3", "hold"));
        co_await until([&] { return w.server->held.size() == 1; });
        events.reset();
        co_await until([&] { return w.proxy.calls().open() == 0; });
        const auto seen = samples(w);
        CHECK(seen.at(R"(toolhive_mcp_requests_total{method="tools/call",outcome="refused"})") == 1);
        CHECK(seen.at(R"(toolhive_mcp_requests_total{method="tools/call",outcome="success"})") == 1);
        CHECK(seen.at(R"(toolhive_mcp_requests_total{method="tools/call",outcome="abandoned"})") == 1);
        CHECK(seen.at(R"(toolhive_mcp_requests_total{method="initialize",outcome="success"})") == 1);
    });
}
