// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/admission.hpp"

#include "auth/oidc.hpp"
#include "auth/static_token.hpp"
#include "core/audit_config.hpp"
#include "core/json.hpp"
#include "http/tls.hpp"
#include "io/files.hpp"
#include "io/paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

namespace thv::proxy {

namespace {

std::shared_ptr<const http::TlsContext> trust(const std::string& path) {
    if (path.empty()) return http::make_tls({});
    auto pem = read_file(path);
    if (!pem) throw Error{Fault::usage, fmt::format("there is no certificate '{}'", path)};
    return http::make_tls({.authorities = std::move(pem)});
}

std::shared_ptr<auth::Authenticator> oidc(const boost::asio::any_io_executor& executor, const GatewayConfig& gateway,
                                          const OidcConfig& from, const Environment& environment) {
    auth::OidcOptions options;
    options.expected.issuer = from.issuer;
    options.expected.audience = from.audience.empty() ? from.resource_url : from.audience;
    options.expected.scopes = gateway.required_scopes;
    options.keys.issuer = from.issuer;
    options.keys.key_set_url = from.jwks_url;
    options.scopes = from.scopes.empty() ? gateway.required_scopes : from.scopes;
    auto fetch = auth::make_fetch({.allow_http = from.insecure_allow_http,
                                   .tls = trust(from.ca_cert_path),
                                   .token_file = from.auth_token_file,
                                   .environment = environment});
    return auth::make_oidc(executor, std::move(options), std::move(fetch));
}

std::shared_ptr<auth::Authenticator> authenticator(const boost::asio::any_io_executor& executor,
                                                   const GatewayConfig& gateway, const Environment& environment) {
    if (gateway.oidc) return oidc(executor, gateway, *gateway.oidc, environment);
    if (!gateway.token_file.empty()) return auth::make_token_file(gateway.token_file);
    if (gateway.token_variable.empty()) return nullptr;
    const auto text = environment.get(gateway.token_variable);
    const auto where = fmt::format("the variable {}", gateway.token_variable);
    if (!text)
        throw Error{Fault::usage, where + ", which holds the bearer token, is not set"}.hint(
            "a file (--bearer-token-file) is there at every start");
    return auth::make_static_token(*text, where);
}

AuditOptions audit(const RunConfig& config, const Environment& environment) {
    auto path = config.gateway.audit_file;
    if (path.empty()) path = Paths::from(environment).logs() / fmt::format("{}.audit.jsonl", key(config));
    const Fields fields{config.document, "run config"};
    const auto* const document = fields.find("audit_config");
    const auto wanted = document == nullptr ? AuditConfig{} : audit_from(*document, "run config: audit_config");
    return {.file = std::make_shared<AuditFile>(std::move(path)),
            .component = wanted.component,
            .only = {wanted.kinds.begin(), wanted.kinds.end()},
            .except = {wanted.excluded_kinds.begin(), wanted.excluded_kinds.end()}};
}

} // namespace

void apply_limits(Options& options, const std::map<std::string, std::string>& limits) {
    const auto size = [](std::size_t& place) {
        return [&place](long long value) { place = static_cast<std::size_t>(value); };
    };
    const auto time = [](Duration& place) {
        return [&place](long long value) { place = std::chrono::nanoseconds{value}; };
    };
    auto& http = options.http;
    auto& bridge = options.bridge;
    const std::map<std::string_view, std::function<void(long long)>> places{
        {"body-bytes", size(http.body_bytes)},
        {"body-rate", size(http.body_rate)},
        {"body-time", time(http.body_time)},
        {"call-idle", time(bridge.call_idle)},
        {"call-total", time(bridge.call_total)},
        {"connections", size(http.connections)},
        {"connections-local", size(http.local_connections)},
        {"connections-per-peer", size(http.peer_connections)},
        {"header-bytes", size(http.header_bytes)},
        {"header-time", time(http.header_time)},
        {"idle-time", time(http.idle_time)},
        {"in-flight", size(bridge.in_flight)},
        {"in-flight-per-session", size(bridge.in_flight_per_session)},
        {"line-bytes", size(bridge.line_bytes)},
        {"processes", size(options.processes)},
        {"sessions", size(options.sessions)},
        {"sessions-per-principal", size(options.sessions_per_principal)},
        {"stall-time", time(http.stall_time)},
        {"stream-queue", size(http.stream_queue)},
        {"waiting", size(bridge.waiting)},
        {"waiting-bytes", size(bridge.waiting_bytes)},
    };
    for (const auto& [name, text] : limits) {
        const auto value = value_or_throw(proxy_limit_value(name, text));
        places.at(name)(value);
    }
    // No call may end much before its time.
    const auto shortest = std::min<Duration>(bridge.call_idle, bridge.call_total);
    options.tick = std::clamp<Duration>(shortest / 10, std::chrono::milliseconds{10}, std::chrono::seconds{1});
}

Options gated_options(const boost::asio::any_io_executor& executor, const RunConfig& config,
                      const Environment& environment) {
    check_enforceable(config.document);
    check_gateway(config.gateway);
    auto options = proxy_options(config);
    options.allowed_hosts = config.gateway.allowed_hosts;
    options.authenticator = authenticator(executor, config.gateway, environment);
    if (config.gateway.oidc) options.resource_url = config.gateway.oidc->resource_url;
    options.tools = config.gateway.tools;
    for (const auto& [tool, change] : config.gateway.tool_overrides)
        options.tool_changes[tool] = {.name = change.name, .description = change.description};
    apply_limits(options, config.gateway.limits);
    if (config.gateway.audit) options.calls = std::make_shared<CallLog>(audit(config, environment));
    return options;
}

} // namespace thv::proxy
