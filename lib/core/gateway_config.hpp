// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thv {

/// The issuer whose tokens clients must bring: upstream's `oidc_config`.
struct OidcConfig {
    std::string issuer;
    std::string audience;
    std::string jwks_url;          ///< empty: found by discovery
    std::string introspection_url; ///< not available; kept, and refused when the workload is to run
    std::string ca_cert_path;
    std::string auth_token_file; ///< whose token the issuer wants before it shows its keys
    std::string resource_url;    ///< the proxy's own URL as clients know it
    std::vector<std::string> scopes;
    bool insecure_allow_http = false;
    bool operator==(const OidcConfig&) const = default;
};

/// What a tool is called and how it is described instead; what is empty stays as it is.
struct ToolOverride {
    std::string name;
    std::string description;
    bool operator==(const ToolOverride&) const = default;
};

/// Who may use a proxy, what they see of the server, and what is written down about it. `oidc_config`, `audit_config`,
/// `tools_filter` and `tools_override` are upstream's fields of the run config; the rest is ours, in its object
/// `gateway`.
struct GatewayConfig {
    std::optional<OidcConfig> oidc;
    std::vector<std::string> tools;                     ///< all others are hidden; empty: none is
    std::map<std::string, ToolOverride> tool_overrides; ///< by the server's own names
    bool audit = false;
    std::string audit_file; ///< empty: the supervisor's log

    std::vector<std::string> allowed_hosts;
    std::string token_file;     ///< holds the one bearer token that is taken
    std::string token_variable; ///< of the environment, the same
    std::vector<std::string> required_scopes;
    int metrics_port = 0;                      ///< 0: none
    std::map<std::string, std::string> limits; ///< see parse_proxy_limit

    bool authenticates() const { return oidc || !token_file.empty() || !token_variable.empty(); }
    bool operator==(const GatewayConfig&) const = default;
};

/// Reads the fields out of a run config. Errors as those of Fields.
GatewayConfig gateway_from(const nlohmann::ordered_json& document, std::string_view where);
/// Puts them into the document of one; members that are not known here stay as they are.
void put_gateway(nlohmann::ordered_json& document, const GatewayConfig& config);

/// Throws Fault::usage for what excludes or lacks something, Fault::unsupported for what this version cannot enforce.
void check_gateway(const GatewayConfig& config);
/// Throws Fault::unsupported for a run config whose server is protected by something that this version cannot enforce.
void check_enforceable(const nlohmann::ordered_json& document);

/// Whether an address to listen on, such as 0.0.0.0, means every address of this machine.
bool is_any_address(std::string_view host);
/// Throws Fault::usage for a proxy that would listen on every address of this machine with nothing that says who may
/// use it.
void check_exposure(std::string_view host, const std::vector<std::string>& allowed_origins,
                    const GatewayConfig& config);

/// A limit of a proxy, and how its value is written.
struct ProxyLimit {
    enum class Unit { count, bytes, time };
    std::string_view name;
    Unit unit;
    std::string_view meaning;
};
/// All of them, sorted by name.
const std::vector<ProxyLimit>& proxy_limits();
/// "NAME=VALUE" as the name and the value, both checked.
Result<std::pair<std::string, std::string>> parse_proxy_limit(std::string_view text);
/// A value of a limit as a number: bytes, nanoseconds, or how many. Fault::usage for none above zero.
Result<long long> proxy_limit_value(std::string_view name, std::string_view value);

/// Overrides of a file in upstream's format: {"toolsOverride": {TOOL: {"name": …, "description": …}}}.
std::map<std::string, ToolOverride> tool_overrides_from_file(std::string_view text, std::string_view where);

} // namespace thv
