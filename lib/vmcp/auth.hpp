// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "workload/outgoing_auths.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace thv::vmcp {

/// How a virtual MCP server authenticates to one backend.
struct Strategy {
    enum class Origin { discovered, backend, fallback };
    std::string type;                ///< "unauthenticated", "header_injection", "token_exchange", …
    Origin origin = Origin::backend; ///< found at the backend, configured for it, or configured for all others
    std::string reference;           ///< the MCPExternalAuthConfig of one that was discovered
    nlohmann::ordered_json settings; ///< may hold secrets when it was configured: never to be shown
};
std::string_view to_string(Strategy::Origin origin);

/// The part `outgoingAuth` of a virtual MCP server's configuration.
struct AuthConfig {
    enum class Source { discovered, inlined };
    Source source = Source::inlined; ///< what a configuration without the word means
    std::optional<Strategy> fallback;
    std::map<std::string, Strategy> backends;
};

/// Reads {source, default, backends}, or an object that has these under "outgoingAuth". Errors are Fault::usage with
/// the field.
AuthConfig auth_config_from(const nlohmann::ordered_json& document, std::string_view where);

/// The strategy that a way to authenticate of the platform stands for. Fault::unsupported for one that a virtual MCP
/// server cannot use.
Result<Strategy> strategy_from(const OutgoingAuth& auth);

/// Which strategy counts for a backend. Without a configuration, what was discovered. With the source "discovered",
/// that, else what is configured. With the source "inline" only what is configured: credentials that were found at the
/// backend must not be sent to it when nobody has said so.
std::optional<Strategy> resolve(const std::optional<AuthConfig>& config, const std::string& backend,
                                const std::optional<Strategy>& discovered);

} // namespace thv::vmcp
