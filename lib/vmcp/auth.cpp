// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "vmcp/auth.hpp"

#include "core/json.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace thv::vmcp {

namespace {

using Json = nlohmann::ordered_json;

/// The platform's words and those of a virtual MCP server's configuration.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> strategies{{
    {"tokenExchange", "token_exchange"},
    {"headerInjection", "header_injection"},
    {"unauthenticated", "unauthenticated"},
    {"upstreamInject", "upstream_inject"},
    {"awsSts", "aws_sts"},
    {"obo", "obo"},
    {"xaa", "xaa"},
}};

Strategy strategy_in(const Json& value, const std::string& where, Strategy::Origin origin) {
    const Fields fields{value, where};
    Strategy strategy{.type = fields.text("type"), .origin = origin, .reference = {}, .settings = value};
    if (strategy.type.empty()) fields.wrong("type", "the name of a strategy");
    return strategy;
}

} // namespace

std::string_view to_string(Strategy::Origin origin) {
    constexpr std::array<std::string_view, 3> words{"discovered", "backend", "default"};
    return words.at(static_cast<std::size_t>(origin));
}

AuthConfig auth_config_from(const Json& document, std::string_view where) {
    const Fields outer{document, where};
    const auto* nested = outer.find("outgoingAuth");
    if (nested != nullptr) return auth_config_from(*nested, fmt::format("{}: outgoingAuth", where));
    AuthConfig config;
    const auto source = outer.text("source", "inline");
    if (source == "discovered")
        config.source = AuthConfig::Source::discovered;
    else if (source != "inline")
        outer.wrong("source", "discovered or inline");
    if (const auto* fallback = outer.find("default"))
        config.fallback = strategy_in(*fallback, fmt::format("{}: default", where), Strategy::Origin::fallback);
    if (const auto* backends = outer.find("backends")) {
        if (!backends->is_object()) outer.wrong("backends", "an object");
        for (const auto& [name, value] : backends->items())
            config.backends.emplace(
                name, strategy_in(value, fmt::format("{}: backends.{}", where, name), Strategy::Origin::backend));
    }
    return config;
}

Result<Strategy> strategy_from(const OutgoingAuth& auth) {
    for (const auto& [word, type] : strategies) {
        if (auth.type != word) continue;
        return Strategy{.type = std::string{type},
                        .origin = Strategy::Origin::discovered,
                        .reference = auth.name,
                        .settings = auth.settings};
    }
    return fail(Fault::unsupported,
                fmt::format("its MCPExternalAuthConfig '{}' is of type '{}', which a virtual MCP server cannot use",
                            auth.name, auth.type));
}

std::optional<Strategy> resolve(const std::optional<AuthConfig>& config, const std::string& backend,
                                const std::optional<Strategy>& discovered) {
    if (!config) return discovered;
    if (config->source == AuthConfig::Source::discovered && discovered) return discovered;
    const auto own = config->backends.find(backend);
    return own == config->backends.end() ? config->fallback : std::optional{own->second};
}

} // namespace thv::vmcp
