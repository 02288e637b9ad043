// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/gateway_config.hpp"

#include "core/audit_config.hpp"
#include "core/json.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>

namespace thv {

namespace {

using nlohmann::ordered_json;

OidcConfig read_oidc(const ordered_json& value, std::string_view where) {
    const auto inside = fmt::format("{}: oidc_config", where);
    const Fields fields{value, inside};
    return {.issuer = fields.text("Issuer"),
            .audience = fields.text("Audience"),
            .jwks_url = fields.text("JWKSURL"),
            .introspection_url = fields.text("IntrospectionURL"),
            .ca_cert_path = fields.text("CACertPath"),
            .auth_token_file = fields.text("AuthTokenFile"),
            .resource_url = fields.text("ResourceURL"),
            .scopes = fields.texts("Scopes"),
            .insecure_allow_http = fields.flag("InsecureAllowHTTP")};
}

void read_overrides(GatewayConfig& config, const ordered_json& value, std::string_view where) {
    const auto inside = fmt::format("{}: tools_override", where);
    const Fields fields{value, inside};
    for (const auto& [tool, entry] : value.items()) {
        if (!entry.is_object()) fields.wrong(tool, "an object with name or description");
        const Fields inner{entry, inside};
        config.tool_overrides[tool] = {.name = inner.text("name"), .description = inner.text("description")};
    }
}

void read_own(GatewayConfig& config, const ordered_json& value, std::string_view where) {
    const auto inside = fmt::format("{}: gateway", where);
    const Fields fields{value, inside};
    config.allowed_hosts = fields.texts("allowed_hosts");
    config.token_file = fields.text("bearer_token_file");
    config.token_variable = fields.text("bearer_token_variable");
    config.required_scopes = fields.texts("required_scopes");
    config.metrics_port = fields.integer("metrics_port", 0, 65535);
    config.limits = fields.table("limits");
    for (const auto& [name, text] : config.limits)
        if (const auto read = proxy_limit_value(name, text); !read) fields.wrong("limits", "known limits with a value");
}

template <typename T>
void put_unless_empty(ordered_json& object, const char* name, const T& value) {
    if (value == T{})
        object.erase(name);
    else
        object[name] = value;
}

ordered_json object_in(const ordered_json& document, const char* name) {
    const auto found = document.find(name);
    return found != document.end() && found->is_object() ? *found : ordered_json::object();
}

void put_object(ordered_json& document, const char* name, ordered_json value) {
    if (value.empty())
        document.erase(name);
    else
        document[name] = std::move(value);
}

/// All members are always there, in this order.
ordered_json oidc_document(ordered_json value, const OidcConfig& config) {
    const ordered_json old = std::exchange(value, ordered_json::object());
    const auto kept = [&](const char* name, const ordered_json& otherwise) {
        value[name] = old.contains(name) ? old[name] : otherwise;
    };
    value["Issuer"] = config.issuer;
    value["Audience"] = config.audience;
    value["JWKSURL"] = config.jwks_url;
    kept("ClientID", "");
    kept("ClientSecret", "");
    value["CACertPath"] = config.ca_cert_path;
    value["AuthTokenFile"] = config.auth_token_file;
    kept("AllowPrivateIP", false);
    value["InsecureAllowHTTP"] = config.insecure_allow_http;
    value["IntrospectionURL"] = config.introspection_url;
    value["ResourceURL"] = config.resource_url;
    value["Scopes"] = config.scopes;
    for (const auto& [name, item] : old.items())
        if (!value.contains(name)) value[name] = item;
    return value;
}

ordered_json overrides_document(const GatewayConfig& config) {
    auto value = ordered_json::object();
    for (const auto& [tool, change] : config.tool_overrides) {
        auto entry = ordered_json::object();
        put_unless_empty(entry, "name", change.name);
        put_unless_empty(entry, "description", change.description);
        value[tool] = std::move(entry);
    }
    return value;
}

} // namespace

GatewayConfig gateway_from(const ordered_json& document, std::string_view where) {
    const Fields fields{document, where};
    GatewayConfig config;
    if (const auto* oidc = fields.find("oidc_config")) config.oidc = read_oidc(*oidc, where);
    config.tools = fields.texts("tools_filter");
    if (const auto* overrides = fields.find("tools_override")) read_overrides(config, *overrides, where);
    if (const auto* audit = fields.find("audit_config")) {
        const auto inside = fmt::format("{}: audit_config", where);
        const Fields inner{*audit, inside};
        // Upstream turns it on by the object's mere presence, and off by nothing but its absence.
        config.audit = true;
        config.audit_file = inner.text("logFile");
    }
    if (const auto* own = fields.find("gateway")) read_own(config, *own, where);
    return config;
}

void put_gateway(ordered_json& document, const GatewayConfig& config) {
    if (gateway_from(document, "run config") == config) return; // nulls and the like stay as they were written
    if (config.oidc)
        document["oidc_config"] = oidc_document(object_in(document, "oidc_config"), *config.oidc);
    else
        document.erase("oidc_config");
    put_unless_empty(document, "tools_filter", config.tools);
    put_object(document, "tools_override", overrides_document(config));
    if (config.audit) {
        auto audit = object_in(document, "audit_config");
        put_unless_empty(audit, "logFile", config.audit_file);
        document["audit_config"] = std::move(audit);
    } else {
        document.erase("audit_config");
    }
    auto own = object_in(document, "gateway");
    put_unless_empty(own, "allowed_hosts", config.allowed_hosts);
    put_unless_empty(own, "bearer_token_file", config.token_file);
    put_unless_empty(own, "bearer_token_variable", config.token_variable);
    put_unless_empty(own, "required_scopes", config.required_scopes);
    put_unless_empty(own, "metrics_port", config.metrics_port);
    put_unless_empty(own, "limits", config.limits);
    put_object(document, "gateway", std::move(own));
}

void check_gateway(const GatewayConfig& config) {
    const int kinds =
        (config.oidc ? 1 : 0) + (config.token_file.empty() ? 0 : 1) + (config.token_variable.empty() ? 0 : 1);
    if (kinds > 1)
        throw Error{Fault::usage, "a bearer token of a file, one of a variable, and an OIDC issuer exclude each other"};
    if (!config.required_scopes.empty() && !config.oidc)
        throw Error{Fault::usage, "only tokens of an OIDC issuer have scopes that can be required"};
    for (const auto& [tool, change] : config.tool_overrides) {
        if (tool.empty() || (change.name.empty() && change.description.empty()))
            throw Error{Fault::usage,
                        fmt::format("the override of the tool '{}' has neither name nor description", tool)};
        const auto same = std::ranges::count_if(config.tool_overrides, [&](const auto& other) {
            return !change.name.empty() && other.second.name == change.name;
        });
        if (same > 1) throw Error{Fault::usage, fmt::format("two tools are given the name '{}'", change.name)};
    }
    if (!config.oidc) return;
    if (!config.oidc->introspection_url.empty())
        throw Error{Fault::unsupported, "asking the issuer about each token is not available in this version of thv"}
            .hint("use an issuer whose access tokens are JWTs");
    if (config.oidc->issuer.empty())
        throw Error{Fault::usage, "tokens need an issuer"}.hint("name it with --oidc-issuer");
    if (config.oidc->audience.empty() && config.oidc->resource_url.empty())
        throw Error{Fault::usage, "without an audience, tokens that the issuer made for others would be good here"}
            .hint("name it with --oidc-audience, or this proxy's own URL with --resource-url");
}

void check_enforceable(const ordered_json& document) {
    if (!document.is_object()) return;
    for (const auto* field :
         {"authz_config", "authz_config_path", "validating_webhooks", "mutating_webhooks", "rate_limit_config",
          "token_exchange_config", "upstream_swap_config", "aws_sts_config", "embedded_auth_server_config"}) {
        const auto found = document.find(field);
        if (found == document.end() || found->is_null() || found->empty()) continue;
        if (found->is_string() && found->get_ref<const std::string&>().empty()) continue;
        throw Error{Fault::unsupported,
                    fmt::format("the run config has '{}', which this version of thv cannot enforce", field)}
            .hint("a server that was meant to be protected by it is not run without it");
    }
    const Fields fields{document, "run config"};
    const auto* const audit = fields.find("audit_config");
    if (audit != nullptr) audit_from(*audit, "run config: audit_config");
    if (audit == nullptr && !fields.text("audit_config_path").empty())
        throw Error{Fault::unsupported, "the run config has 'audit_config_path' without 'audit_config'"}.hint(
            "run it anew with --audit-config");
}

bool is_any_address(std::string_view host) {
    const std::string text{host};
    in6_addr six{};
    in_addr four{};
    if (inet_pton(AF_INET, text.c_str(), &four) == 1) return four.s_addr == INADDR_ANY;
    return inet_pton(AF_INET6, text.c_str(), &six) == 1 &&
           (IN6_IS_ADDR_UNSPECIFIED(&six) || (IN6_IS_ADDR_V4MAPPED(&six) && six.s6_addr32[3] == 0));
}

void check_exposure(std::string_view host, const std::vector<std::string>& allowed_origins,
                    const GatewayConfig& config) {
    if (!is_any_address(host) || config.authenticates() || !allowed_origins.empty() || !config.allowed_hosts.empty())
        return;
    throw Error{Fault::usage, fmt::format("on {} anybody who reaches this machine could use the server", host)}.hint(
        "ask clients for a token (--bearer-token-file, --oidc-issuer), say under which names it may be used "
        "(--allowed-hosts), or listen on 127.0.0.1");
}

std::map<std::string, ToolOverride> tool_overrides_from_file(std::string_view text, std::string_view where) {
    const auto document = parse_json(text, where);
    const Fields fields{document, where};
    const auto* overrides = fields.find("toolsOverride");
    if (overrides == nullptr) fields.wrong("toolsOverride", "there");
    GatewayConfig config;
    read_overrides(config, *overrides, where);
    check_gateway(config);
    return std::move(config.tool_overrides);
}

} // namespace thv
