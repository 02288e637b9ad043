// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/gate_flags.hpp"

#include "core/audit_config.hpp"
#include "core/json.hpp"
#include "thv/config_file.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv::commands {

namespace {

namespace fs = std::filesystem;

fs::path existing(std::string_view flag, const std::string& file, const fs::path& cwd) {
    auto path = (cwd / file).lexically_normal();
    std::error_code failure;
    if (fs::exists(path, failure)) return path;
    throw Error{Fault::usage, fmt::format("{}: there is no file '{}'", flag, path.string())};
}

void check_url(std::string_view flag, const std::string& url) {
    if (url.empty() || url.starts_with("https://") || url.starts_with("http://")) return;
    throw Error{Fault::usage, fmt::format("{}: '{}' is not a URL", flag, url)}.hint("write it as https://host/path");
}

void check_host(const std::string& host) {
    if (!host.empty() && host.find_first_of("/@, \t*") == std::string::npos) return;
    throw Error{Fault::usage, fmt::format("--allowed-hosts: '{}' is no host name", host)}.hint(
        "write it as mcp.example, without scheme and path");
}

/// The names in "a,b", of one flag or of many.
std::vector<std::string> split(const std::vector<std::string>& lists) {
    std::vector<std::string> names;
    for (std::string_view list : lists) {
        while (!list.empty()) {
            const auto name = list.substr(0, list.find(','));
            list.remove_prefix(std::min(name.size() + 1, list.size()));
            if (!name.empty() && std::ranges::find(names, name) == names.end()) names.emplace_back(name);
        }
    }
    return names;
}

void put_oidc(GatewayConfig& config, const GateFlags& flags, const fs::path& cwd) {
    const bool any = !flags.issuer.empty() || !flags.audience.empty() || !flags.jwks_url.empty() ||
                     !flags.ca_file.empty() || !flags.jwks_token_file.empty() || !flags.scopes.empty() ||
                     flags.allow_http || !flags.resource_url.empty();
    if (!any) return;
    check_url("--oidc-issuer", flags.issuer);
    check_url("--oidc-jwks-url", flags.jwks_url);
    check_url("--resource-url", flags.resource_url);
    OidcConfig oidc;
    oidc.issuer = flags.issuer;
    oidc.audience = flags.audience;
    oidc.jwks_url = flags.jwks_url;
    oidc.resource_url = flags.resource_url;
    oidc.scopes = split(flags.scopes);
    oidc.insecure_allow_http = flags.allow_http;
    if (!flags.ca_file.empty()) oidc.ca_cert_path = existing("--oidc-ca-cert", flags.ca_file, cwd);
    if (!flags.jwks_token_file.empty())
        oidc.auth_token_file = existing("--jwks-auth-token-file", flags.jwks_token_file, cwd);
    config.oidc = std::move(oidc);
}

/// In upstream's form; without a file, with what upstream writes by default.
void put_audit(RunConfig& config, const GateFlags& flags, const fs::path& cwd) {
    if (!flags.audit && !flags.audit_config) return;
    nlohmann::ordered_json document{{"detectApplicationErrors", true}, {"maxDataSize", 1024}};
    auto where = std::string{"--enable-audit"};
    if (flags.audit_config) {
        where = fmt::format("--audit-config {}", *flags.audit_config);
        document = parse_json(read_input("--audit-config", cwd / *flags.audit_config), where);
    }
    audit_from(document, where);
    auto& gateway = config.gateway;
    gateway.audit = true;
    gateway.audit_file = Fields{document, where}.text("logFile");
    if (!gateway.audit_file.empty()) gateway.audit_file = (cwd / gateway.audit_file).lexically_normal();
    if (config.document.is_null()) config.document = nlohmann::ordered_json::object();
    config.document["audit_config"] = std::move(document);
}

void put_metrics_port(RunConfig& config, int port) {
    if (port < 1 || port > 65535) throw Error{Fault::usage, fmt::format("--metrics-port: {} is not a port", port)};
    if (port == config.port)
        throw Error{Fault::usage, fmt::format("--metrics-port: {} is the port that clients use", port)};
    config.gateway.metrics_port = port;
}

} // namespace

void GateFlags::declare(cli::Args& args) {
    using cli::Completer;
    args.option("--allowed-hosts", allowed_hosts, "let clients use the proxy by this host name; repeat for more")
        .placeholder("HOST");
    args.option("--bearer-token-file", token_file, "let in only those who know the token in this file")
        .placeholder("FILE")
        .completes(Completer::file);
    args.option("--bearer-token-env", token_variable, "the same, for the token in a variable of the environment")
        .placeholder("NAME");
    args.option("--oidc-issuer", issuer, "let in only those with a token of this OpenID Connect issuer")
        .placeholder("URL");
    args.option("--oidc-audience", audience, "the audience that tokens must be for").placeholder("NAME");
    args.option("--oidc-jwks-url", jwks_url, "where the issuer's keys are; by default its discovery document says")
        .placeholder("URL");
    args.option("--oidc-scopes", scopes, "the scopes that clients are told to ask for; repeat for more")
        .placeholder("SCOPE");
    args.option("--require-scope", required_scopes, "refuse tokens without this scope; repeat for more")
        .placeholder("SCOPE");
    args.flag("--oidc-insecure-allow-http", allow_http, "read the issuer's keys also over http");
    args.option("--oidc-ca-cert", ca_file, "the certificates to trust at the issuer, instead of the system's")
        .placeholder("FILE")
        .completes(Completer::file);
    args.option("--jwks-auth-token-file", jwks_token_file, "a token that the issuer wants before it shows its keys")
        .placeholder("FILE")
        .completes(Completer::file);
    args.option("--resource-url", resource_url, "the proxy's URL as clients know it, also the default audience")
        .placeholder("URL");
    args.option("--tools", tools, "show clients these tools only; repeat for more").placeholder("NAME[,NAME]");
    args.option("--tools-override", tools_override, "rename and describe tools as this file says")
        .placeholder("FILE")
        .completes(Completer::file);
    args.flag("--enable-audit", audit, "write a line about each call to NAME.audit.jsonl beside the logs");
    args.option("--audit-config", audit_config, "the same, as this file says")
        .placeholder("FILE")
        .completes(Completer::file);
    args.option("--metrics-port", metrics_port, "serve Prometheus metrics on this port of 127.0.0.1")
        .placeholder("PORT");
    args.option("--limit", limits, "change a limit of the proxy, such as sessions=500; repeat for more")
        .placeholder("NAME=VALUE");
}

void GateFlags::put(RunConfig& config, const fs::path& cwd) const {
    auto& gateway = config.gateway;
    std::ranges::for_each(allowed_hosts, check_host);
    gateway.allowed_hosts = allowed_hosts;
    if (token_file) gateway.token_file = existing("--bearer-token-file", *token_file, cwd);
    gateway.token_variable = token_variable.value_or("");
    put_oidc(gateway, *this, cwd);
    gateway.required_scopes = split(required_scopes);
    gateway.tools = split(tools);
    if (tools_override)
        gateway.tool_overrides = tool_overrides_from_file(read_input("--tools-override", cwd / *tools_override),
                                                          fmt::format("--tools-override {}", *tools_override));
    put_audit(config, *this, cwd);
    if (metrics_port) put_metrics_port(config, *metrics_port);
    for (const auto& text : limits) {
        const auto limit = parse_proxy_limit(text);
        if (!limit) throw limit.error().within("--limit");
        gateway.limits[limit->first] = limit->second;
    }
    check_gateway(gateway);
    check_exposure(config.host, config.allowed_origins, gateway);
}

} // namespace thv::commands
