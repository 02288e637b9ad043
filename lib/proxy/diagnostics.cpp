// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/diagnostics.hpp"

#include "proxy/exposition.hpp"

#include <fmt/format.h>

#include <utility>

namespace thv::proxy {

namespace {

http::ServerLimits few() {
    http::ServerLimits limits;
    limits.connections = 64;
    limits.body_bytes = 1024;
    return limits;
}

} // namespace

Told told(const Telling& telling, std::string_view path) {
    if (path == "/metrics") return {200, Exposition::media_type, telling.metrics()};
    if (path == "/health") return telling.health();
    return {404, "text/plain", "there are /metrics and /health\n"};
}

Diagnostics::Diagnostics(const boost::asio::any_io_executor& executor, Telling telling)
    : telling_(std::move(telling))
    , server_(executor, *this, few()) {}

void Diagnostics::start(std::uint16_t port) {
    server_.bind("127.0.0.1", port);
    guard_.emplace("127.0.0.1", server_.port(), std::vector<std::string>{});
    server_.start();
}

void Diagnostics::request(http::Visit& visit) {
    const auto objection = guard_ ? guard_->objection(visit) : std::nullopt;
    if (objection) return visit.answer(403, "Content-Type: text/plain\r\n", *objection);
    if (visit.method() != "GET" && visit.method() != "HEAD")
        return visit.answer(405, "Allow: GET, HEAD\r\n", std::string_view{});
    const auto answer = told(telling_, visit.path());
    visit.answer(answer.status, fmt::format("Content-Type: {}\r\nCache-Control: no-store\r\n", answer.type),
                 answer.body);
}

} // namespace thv::proxy
