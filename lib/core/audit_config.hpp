// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace thv {

/// What is written down of calls, and where: upstream's `audit_config`, of which GatewayConfig knows whether there is
/// one and its file.
struct AuditConfig {
    std::string component;
    std::vector<std::string> kinds; ///< upstream's `eventTypes`; empty: all
    std::vector<std::string> excluded_kinds;
    bool operator==(const AuditConfig&) const = default;
};

/// Reads one. Fault::unsupported for what it asks for and is not done here, because a log that was wanted with
/// something must not be kept without it; Fault::usage for what is no such thing.
AuditConfig audit_from(const nlohmann::ordered_json& document, std::string_view where);

/// Upstream's word for calls of a method in `eventTypes`: "mcp_tool_call"; "mcp_request" for methods without one.
std::string_view audit_kind(std::string_view method);

} // namespace thv
