// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/gate.hpp"

#include "core/time.hpp"
#include "mcp/jsonrpc.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

namespace thv::proxy {

namespace {

constexpr std::string_view json_fields = "Content-Type: application/json\r\nCache-Control: no-store\r\n";

/// The headers that a page may send, for Access-Control-Allow-Headers: what MCP has, and those of `wanted` that carry
/// the parameters of a tool, whose names nobody knows before.
std::string allowed_headers(std::string_view wanted) {
    std::string allowed = "Accept, Authorization, Content-Type, Last-Event-ID, Mcp-Method, Mcp-Name, "
                          "Mcp-Protocol-Version, Mcp-Session-Id";
    while (!wanted.empty()) {
        auto name = wanted.substr(0, wanted.find(','));
        wanted.remove_prefix(std::min(name.size() + 1, wanted.size()));
        while (name.starts_with(' '))
            name.remove_prefix(1);
        const auto is_token = [](unsigned char byte) { return std::isalnum(byte) != 0 || byte == '-' || byte == '_'; };
        if (lower(name).starts_with("mcp-param-") && std::ranges::all_of(name, is_token))
            allowed.append(", ").append(name);
    }
    return allowed;
}

} // namespace

std::string to_json(const Health& health, Transport transport) {
    const auto error = health.available
                           ? std::string{}
                           : fmt::format(R"(,"error":{})",
                                         mcp::quote(health.trouble.empty() ? "the server is not up" : health.trouble));
    const auto time = format_rfc3339(thv::now());
    return fmt::format(
        R"({{"status":"{}","timestamp":"{}","transport":"{}","mcp":{{"available":{},"last_checked":"{}"{}}}}})",
        health.available ? "healthy" : "unhealthy", time, to_string(transport), health.available, time, error);
}

Gate::Gate(const Options& options, std::uint16_t port, http::Handler& inner, std::function<Health()> health)
    : guard_(options.host, port, options.allowed_origins, options.allowed_hosts)
    , transport_(options.transport)
    , inner_(inner)
    , health_(std::move(health)) {}

void Gate::request(http::Visit& visit) {
    if (visit.path() == "/health" && (visit.method() == "GET" || visit.method() == "HEAD")) return answer_health(visit);
    if (const auto objection = guard_.objection(visit))
        return visit.answer(403, json_fields, mcp::error_message({}, -32000, *objection));
    if (visit.method() == "OPTIONS" && visit.header("origin")) return preflight(visit);
    inner_.request(visit);
}

void Gate::answer_health(http::Visit& visit) const {
    const auto health = health_();
    visit.answer(health.available ? 200 : 503, json_fields, to_json(health, transport_));
}

void Gate::preflight(http::Visit& visit) const {
    const auto wanted = visit.header("access-control-request-headers").value_or("");
    const auto lines = fmt::format("{}Access-Control-Allow-Methods: GET, POST, DELETE\r\n"
                                   "Access-Control-Allow-Headers: {}\r\nAccess-Control-Max-Age: 600\r\n",
                                   guard_.cors_fields(visit), allowed_headers(wanted));
    visit.answer(204, lines, std::string_view{});
}

void check_exposure(const Options& options) {
    if (!is_any_address(options.host) || !options.allowed_origins.empty() || !options.allowed_hosts.empty()) return;
    throw Error{Fault::usage, fmt::format("on {} anybody who reaches this machine could use the server", options.host)}
        .hint("name who may with --allowed-hosts or --allowed-origins, or listen on 127.0.0.1");
}

} // namespace thv::proxy
