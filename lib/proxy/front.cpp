// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/front.hpp"

#include "core/time.hpp"

#include <fmt/format.h>
#include <sys/random.h>

#include <array>

namespace thv::proxy {

namespace {

/// "application/json" of "Application/JSON; charset=utf-8".
std::string media_type(std::string_view value) {
    std::string type;
    for (const char byte : value.substr(0, value.find(';'))) {
        if (byte == ' ' || byte == '\t') continue;
        type.push_back(byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : byte);
    }
    return type;
}

} // namespace

std::string random_id() {
    std::array<unsigned char, 16> bytes{};
    // Never short for so few bytes once the system is up (getrandom(2)).
    if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        throw Error{Fault::internal, "the system gives no random numbers"};
    std::string id;
    for (const auto byte : bytes)
        fmt::format_to(std::back_inserter(id), "{:02x}", byte);
    return id;
}

Front::Front(const Options& options, std::uint16_t port)
    : options_(options)
    , guard_(options.host, port, options.allowed_origins)
    , bridge_(*this, options.bridge) {}

void Front::tick(Time now) {
    now_ = now;
    bridge_.tick(now);
}

void Front::request(http::Visit& visit) {
    // Harmless, and probes do not know our names.
    if (visit.path() == "/health" && (visit.method() == "GET" || visit.method() == "HEAD")) return health(visit);
    if (const auto objection = guard_.objection(visit)) return refuse(visit, 403, -32000, *objection);
    if (visit.method() == "OPTIONS" && visit.header("origin")) return preflight(visit);
    serve(visit);
}

void Front::to_child(const mcp::Pieces& line) {
    const bool first = output_.empty();
    line.append_to(output_);
    output_.push_back('\n');
    if (first && wake_) wake_();
}

void Front::refuse(http::Visit& visit, int status, int code, std::string_view message, std::string_view more) const {
    refuse(visit, status, mcp::error_message({}, code, message), more);
}

void Front::refuse(http::Visit& visit, int status, const std::string& message, std::string_view more) const {
    visit.answer(status, fields(visit, "application/json").append(more), message);
}

std::string Front::fields(const http::Visit& visit, std::string_view type) const {
    return fmt::format("Content-Type: {}\r\n{}", type, guard_.cors_fields(visit));
}

bool Front::is_json(http::Visit& visit) const {
    const auto type = visit.header("content-type");
    if (type && (*type == "application/json" || media_type(*type) == "application/json")) return true;
    refuse(visit, 415, -32000, "Unsupported Media Type: Content-Type must be application/json");
    return false;
}

bool Front::is_clogged(http::Visit& visit, const mcp::Message& message) const {
    if (output_.size() + (backlog_ ? backlog_() : 0) < options_.server_backlog) return false;
    const auto body = mcp::error_message(message.kind == mcp::Kind::request ? message.id : std::string_view{}, -32000,
                                         "the server does not read what it is sent");
    refuse(visit, 503, body, "Retry-After: 1\r\n");
    return true;
}

void Front::write_event(http::Visit& visit, const mcp::Pieces& message) {
    std::array<std::string_view, 12> parts{"event: message\ndata: "};
    std::size_t count = 1;
    for (const auto part : message)
        parts[count++] = part;
    parts[count++] = "\n\n";
    visit.send(http::Parts{parts.data(), count});
}

void Front::health(http::Visit& visit) const {
    const bool available = bridge_.state() == mcp::Bridge::State::ready;
    const auto error =
        available ? std::string{}
                  : fmt::format(R"(,"error":{})",
                                mcp::quote(bridge_.trouble().empty() ? "the server is not up" : bridge_.trouble()));
    const auto time = format_rfc3339(thv::now());
    const auto body = fmt::format(
        R"({{"status":"{}","timestamp":"{}","transport":"{}","mcp":{{"available":{},"last_checked":"{}"{}}}}})",
        available ? "healthy" : "unhealthy", time, to_string(options_.transport), available, time, error);
    visit.answer(available ? 200 : 503, "Content-Type: application/json\r\nCache-Control: no-store\r\n", body);
}

void Front::preflight(http::Visit& visit) const {
    const auto lines = guard_.cors_fields(visit) +
                       "Access-Control-Allow-Methods: GET, POST, DELETE\r\nAccess-Control-Allow-Headers: Accept, "
                       "Authorization, Content-Type, Last-Event-ID, Mcp-Protocol-Version, Mcp-Session-Id\r\n"
                       "Access-Control-Max-Age: 600\r\n";
    visit.answer(204, lines, std::string_view{});
}

} // namespace thv::proxy
