// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/vitals.hpp"

#include "core/time.hpp"
#include "mcp/jsonrpc.hpp"
#include "proxy/exposition.hpp"

#include <fmt/format.h>

namespace thv::proxy {

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

void expose(Exposition& exposition, const Vitals& vitals) {
    const auto gauge = [&](std::string_view name, std::string_view help, std::size_t value) {
        exposition.one(name, "gauge", help, static_cast<double>(value));
    };
    gauge("toolhive_mcp_server_up", "Whether the server answers.", vitals.health.available ? 1 : 0);
    gauge("toolhive_mcp_active_connections", "Connections of clients.", vitals.connections);
    gauge("toolhive_mcp_sessions", "Sessions of clients.", vitals.sessions);
    gauge("toolhive_mcp_open_streams", "Streams on which clients wait for events.", vitals.streams);
    gauge("toolhive_mcp_requests_in_flight", "Requests that the server has not answered yet.", vitals.in_flight);
    gauge("toolhive_mcp_requests_waiting", "Requests that have not been sent to the server yet.", vitals.waiting);
}

} // namespace thv::proxy
