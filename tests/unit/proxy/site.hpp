// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "proxy/forward.hpp"
#include "proxy/passage.hpp"
#include "world.hpp"

#include <functional>
#include <string>

namespace thv::test {

/// A server that speaks HTTP: does what a test says and writes down what it got.
struct Backend final : http::Handler {
    explicit Backend(asio::io_context& context)
        : server(context.get_executor(), *this) {
        server.bind("127.0.0.1", 0);
        server.start();
    }
    void request(http::Visit& visit) override {
        ++requests;
        last = &visit;
        fields.clear();
        for (std::size_t i = 0; i < visit.fields(); ++i)
            fields.emplace_back(visit.field(i).name, visit.field(i).value);
        line = fmt::format("{} {} {}", visit.method(), visit.target(), visit.body());
        if (action)
            action(visit);
        else
            visit.answer(200, "Content-Type: application/json\r\nX-Own: 1\r\nConnection: X-Hop\r\nX-Hop: 1\r\n",
                         R"({"ok":true})");
    }
    void gone(http::Visit& visit) override {
        ++lost;
        if (last == &visit) last = nullptr;
    }
    std::string field(std::string_view name) const {
        const auto* const value = http::find_header(fields, name);
        return value == nullptr ? "(none)" : *value;
    }

    http::Server server;
    std::function<void(http::Visit&)> action;
    http::Visit* last = nullptr;
    http::Headers fields;
    std::string line;
    int requests = 0;
    int lost = 0;
};

struct Site {
    explicit Site(Transport transport = Transport::streamable_http, Duration wait = 10s)
        : Site(options(transport, wait)) {}
    explicit Site(const proxy::Options& wanted)
        : backend(context)
        , proxy(context.get_executor(), wanted) {
        proxy.bind();
    }
    static proxy::Options options(Transport transport, Duration wait) {
        auto made = quick_options();
        made.transport = transport;
        made.bridge.child_wait = wait;
        return made;
    }
    void connect() { proxy.set_backend("127.0.0.1", backend.server.port()); }
    void run(Task<> (*work)(Site&)) {
        asio::co_spawn(context, proxy.serve(), asio::detached);
        drive(context, and_close(*this, work));
    }
    void close() {
        proxy.close();
        backend.server.close();
    }
    http::Client client() const {
        return http::Client{http::TcpEndpoint{"127.0.0.1", static_cast<std::uint16_t>(proxy.port())}};
    }
    Task<http::Response> send(http::Request request) {
        auto speaker = client();
        const auto answer = co_await speaker.request(std::move(request));
        co_return answer;
    }

    asio::io_context context{1};
    Backend backend;
    proxy::HttpProxy proxy;
};

inline http::Request tool_call() {
    http::Request request{.method = "POST", .target = "/mcp?x=1"};
    request.headers = {{"Content-Type", "application/json"}, {"Authorization", "Bearer t"}, {"Cookie", "c=1"}};
    request.body = call("7", "echo");
    return request;
}

} // namespace thv::test
