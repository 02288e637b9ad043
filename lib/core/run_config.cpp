// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/run_config.hpp"

#include "core/json.hpp"
#include "core/name.hpp"
#include "core/time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ranges>

namespace thv {
namespace {

using nlohmann::ordered_json;

constexpr int highest_port = 65535;
constexpr int largest_limit = 10'000'000;

/// The order of the fields in upstream's structure (pkg/runner/config.go).
constexpr std::array<std::string_view, 61> field_order{"schema_version",
                                                       "mcpserver_generation",
                                                       "image",
                                                       "remote_url",
                                                       "registry_api_url",
                                                       "registry_url",
                                                       "registry_server_name",
                                                       "remote_auth_config",
                                                       "cmd_args",
                                                       "name",
                                                       "container_name",
                                                       "base_name",
                                                       "transport",
                                                       "host",
                                                       "port",
                                                       "target_port",
                                                       "target_host",
                                                       "allowed_origins",
                                                       "publish",
                                                       "permission_profile_name_or_path",
                                                       "permission_profile",
                                                       "env_vars",
                                                       "env_file_dir",
                                                       "debug",
                                                       "volumes",
                                                       "container_labels",
                                                       "oidc_config",
                                                       "token_exchange_config",
                                                       "upstream_swap_config",
                                                       "aws_sts_config",
                                                       "authz_config",
                                                       "authz_config_path",
                                                       "audit_config",
                                                       "audit_config_path",
                                                       "telemetry_config",
                                                       "rate_limit_config",
                                                       "rate_limit_namespace",
                                                       "secrets",
                                                       "k8s_pod_template_patch",
                                                       "isolate_network",
                                                       "allow_docker_gateway",
                                                       "trust_proxy_headers",
                                                       "strict_protocol_validation",
                                                       "stateless",
                                                       "session_ttl",
                                                       "proxy_mode",
                                                       "thv_ca_bundle",
                                                       "jwks_auth_token_file",
                                                       "group",
                                                       "tools_filter",
                                                       "tools_override",
                                                       "ignore_config",
                                                       "middleware_configs",
                                                       "additional_middleware_configs",
                                                       "validating_webhooks",
                                                       "mutating_webhooks",
                                                       "endpoint_prefix",
                                                       "runtime_config",
                                                       "header_forward",
                                                       "embedded_auth_server_config",
                                                       "scaling_config"};

ProxyMode implied_mode(const RunConfig& config) {
    const bool sse = !config.foreign_transport && config.transport == Transport::sse;
    return sse ? ProxyMode::sse : ProxyMode::streamable_http;
}

void read_names(RunConfig& config, const Fields& fields) {
    config.name = fields.text("name");
    config.container_name = fields.text("container_name");
    config.base_name = fields.text("base_name");
    const auto check = [&fields](std::string_view field, const std::string& name) {
        if (!WorkloadName::parse(name)) fields.wrong(field, "a valid workload name");
    };
    auto given = config.name;
    if (!config.base_name.empty()) std::ranges::replace(given, '/', '-');
    if (!given.empty() || config.base_name.empty()) check("name", given);
    if (!config.container_name.empty()) check("container_name", config.container_name);
    if (!config.base_name.empty()) check("base_name", config.base_name);
    config.group = fields.text("group");
    if (config.group.empty()) config.group = default_group;
    if (!GroupName::parse(config.group)) fields.wrong("group", "a valid group name");
}

void read_serving(RunConfig& config, const Fields& fields) {
    const auto word = fields.text("transport");
    if (const auto transport = parse_transport(word)) {
        config.transport = *transport;
    } else {
        config.foreign_transport = word;
    }
    // Only a stdio server leaves a choice; for the others upstream itself overrides what the file says.
    config.proxy_mode = implied_mode(config);
    const auto mode = fields.text("proxy_mode");
    const bool choice = !mode.empty() && !config.foreign_transport && config.transport == Transport::stdio;
    if (choice) {
        const auto parsed = parse_proxy_mode(mode);
        if (!parsed) fields.wrong("proxy_mode", "sse or streamable-http");
        config.proxy_mode = *parsed;
    }
    config.host = fields.text("host", config.host);
    config.port = fields.integer("port", 0, highest_port);
    config.target_port = fields.integer("target_port", 0, highest_port);
    config.target_host = fields.text("target_host", config.target_host);
    config.allowed_origins = fields.texts("allowed_origins");
    config.session_ttl = fields.text("session_ttl");
    const auto span = config.session_ttl.empty() ? Duration::zero() : parse_duration(config.session_ttl);
    if (!span || *span < Duration::zero()) fields.wrong("session_ttl", "a duration such as 2h, not negative");
}

void read_limits(RunConfig& config, const Fields& fields, std::string_view where) {
    const auto* limits = fields.find("resource_limits");
    if (limits == nullptr) return;
    const auto inside = fmt::format("{}: resource_limits", where);
    const Fields inner{*limits, inside};
    if (const auto* memory = inner.find("memory_bytes")) {
        if (!memory->is_number_integer() || *memory < 1) inner.wrong("memory_bytes", "a positive whole number");
        config.limits.memory = memory->get<long long>();
    }
    if (inner.find("milli_cpus") != nullptr) config.limits.milli_cpus = inner.integer("milli_cpus", 1, largest_limit);
    if (inner.find("pids") != nullptr) config.limits.pids = inner.integer("pids", 1, largest_limit);
}

void read_options(RunConfig& config, const Fields& fields, std::string_view where) {
    const auto* options = fields.find("container_options");
    if (options == nullptr) return;
    const auto inside = fmt::format("{}: container_options", where);
    const Fields inner{*options, inside};
    config.container_options.read_only = inner.flag("read_only");
    config.container_options.tmpfs = inner.texts("tmpfs");
    config.container_options.user = inner.text("user");
    for (const auto& text : config.container_options.tmpfs)
        if (!parse_tmpfs(text)) inner.wrong("tmpfs", "a list of PATH[:OPTIONS]");
    if (!config.container_options.user.empty() && !parse_user(config.container_options.user))
        inner.wrong("user", "USER[:GROUP]");
}

ordered_json to_json_value(const ContainerOptions& options) {
    ordered_json value = ordered_json::object();
    if (options.read_only) value["read_only"] = true;
    if (!options.tmpfs.empty()) value["tmpfs"] = options.tmpfs;
    if (!options.user.empty()) value["user"] = options.user;
    return value;
}

ordered_json to_json_value(const ResourceLimits& limits) {
    ordered_json value = ordered_json::object();
    if (limits.memory) value["memory_bytes"] = *limits.memory;
    if (limits.milli_cpus) value["milli_cpus"] = *limits.milli_cpus;
    if (limits.pids) value["pids"] = *limits.pids;
    return value;
}

void read_container(RunConfig& config, const Fields& fields, std::string_view where) {
    config.image = fields.text("image");
    config.remote_url = fields.text("remote_url");
    config.cmd_args = fields.texts("cmd_args");
    config.publish = fields.texts("publish");
    if (!std::ranges::all_of(config.publish, [](const auto& port) { return parse_publish(port).has_value(); })) {
        fields.wrong("publish", "a list of HOST:CONTAINER or CONTAINER ports");
    }
    config.permission_profile_name = fields.text("permission_profile_name_or_path");
    if (const auto* profile = fields.find("permission_profile")) {
        config.permission_profile = profile_from_json(*profile, fmt::format("{}: permission_profile", where));
    }
    config.env_vars = fields.table("env_vars");
    const auto names = config.env_vars | std::views::keys;
    if (!std::ranges::all_of(names, [](const auto& name) { return !name.empty() && !name.contains('='); })) {
        fields.wrong("env_vars", "an object whose names are not empty and hold no '='");
    }
    config.volumes = fields.texts("volumes");
    config.secrets = fields.texts("secrets");
    read_limits(config, fields, where);
    read_options(config, fields, where);
    if (const auto* ignore = fields.find("ignore_config")) {
        const auto inside = fmt::format("{}: ignore_config", where);
        config.global_ignore = Fields{*ignore, inside}.flag("LoadGlobal");
    }
    const auto path = parse_stdio_path(fields.text("stdio_path", "auto"));
    if (!path) fields.wrong("stdio_path", "auto, attach or direct");
    config.stdio_path = *path;
    const auto isolation = parse_isolation(fields.text("session_isolation", "shared"));
    if (!isolation) fields.wrong("session_isolation", "shared or per-session");
    config.isolation = *isolation;
    config.container_labels = fields.table("container_labels");
    config.isolate_network = fields.flag("isolate_network");
    config.debug = fields.flag("debug");
}

/// Puts members into a document under upstream's rules for what is left out.
class Writer {
public:
    explicit Writer(const ordered_json& document)
        : fresh_(document.empty())
        , fields_(document.is_object() ? document : ordered_json::object()) {}

    void always(const char* field, ordered_json value) { fields_[field] = std::move(value); }

    void drop(const char* field) { fields_.erase(field); }

    /// Left out when empty, zero or false.
    template <typename T>
    void unless_empty(const char* field, const T& value) {
        if (value == T{}) {
            fields_.erase(field);
        } else {
            fields_[field] = value;
        }
    }

    /// Left out when it is the default and the file that was read did not mention it.
    void unless_implied(const char* field, std::string_view value, std::string_view implied) {
        if (fresh_ || fields_.contains(field) || value != implied) fields_[field] = value;
    }

    ordered_json& fields() { return fields_; }

    ordered_json in_order() {
        ordered_json out = ordered_json::object();
        for (const auto field : field_order) {
            const auto found = fields_.find(field);
            if (found != fields_.end()) out[std::string{field}] = *found;
        }
        for (const auto& [field, value] : fields_.items()) {
            if (!out.contains(field)) out[field] = value;
        }
        return out;
    }

private:
    bool fresh_;
    ordered_json fields_;
};

void write_container(Writer& writer, const RunConfig& config) {
    writer.always("image", config.image);
    writer.unless_empty("remote_url", config.remote_url);
    writer.unless_empty("cmd_args", config.cmd_args);
    writer.unless_empty("publish", config.publish);
    writer.unless_empty("permission_profile_name_or_path", config.permission_profile_name);
    const auto& profile = config.permission_profile;
    writer.always("permission_profile", profile ? to_document(*profile) : ordered_json{});
    writer.unless_empty("env_vars", config.env_vars);
    writer.unless_empty("volumes", config.volumes);
    writer.unless_empty("secrets", config.secrets);
    if (config.limits != ResourceLimits{})
        writer.always("resource_limits", to_json_value(config.limits));
    else
        writer.drop("resource_limits");
    if (config.container_options != ContainerOptions{})
        writer.always("container_options", to_json_value(config.container_options));
    else
        writer.drop("container_options");
    if (!config.global_ignore) writer.always("ignore_config", {{"LoadGlobal", false}, {"PrintOverlays", false}});
    const bool any_path = config.stdio_path == StdioPath::automatic;
    writer.unless_empty("stdio_path", any_path ? std::string_view{} : to_string(config.stdio_path));
    const bool shared = config.isolation == Isolation::shared;
    writer.unless_empty("session_isolation", shared ? std::string_view{} : to_string(config.isolation));
    writer.unless_empty("container_labels", config.container_labels);
    writer.unless_empty("isolate_network", config.isolate_network);
    writer.unless_empty("debug", config.debug);
}

void write_serving(Writer& writer, const RunConfig& config) {
    writer.always("name", config.name);
    writer.unless_empty("container_name", config.container_name);
    writer.unless_empty("base_name", config.base_name);
    writer.always("transport", transport_word(config));
    writer.always("host", config.host);
    writer.always("port", config.port);
    writer.unless_empty("target_port", config.target_port);
    writer.unless_implied("target_host", config.target_host, "127.0.0.1");
    writer.unless_empty("allowed_origins", config.allowed_origins);
    writer.unless_empty("session_ttl", config.session_ttl);
    if (!config.foreign_transport) {
        writer.unless_implied("proxy_mode", to_string(config.proxy_mode), to_string(implied_mode(config)));
    }
    writer.unless_implied("group", config.group, default_group);
}

} // namespace

RunConfig run_config_from_json(std::string_view text, std::string_view where) {
    RunConfig config;
    config.document = parse_json(text, where);
    const Fields fields{config.document, where};
    static_cast<void>(fields.text("schema_version"));
    read_names(config, fields);
    read_serving(config, fields);
    read_container(config, fields, where);
    config.gateway = gateway_from(config.document, where);
    return config;
}

std::string to_json(const RunConfig& config) {
    Writer writer{config.document};
    const auto version =
        config.document.is_object() ? Fields{config.document, "run config"}.text("schema_version") : "";
    writer.always("schema_version", version.empty() ? "v0.1.0" : version);
    write_container(writer, config);
    write_serving(writer, config);
    put_gateway(writer.fields(), config.gateway);
    return to_go_json(writer.in_order()) + '\n';
}

bool is_run_config_field(std::string_view name) {
    constexpr std::array<std::string_view, 5> own{"resource_limits", "container_options", "stdio_path",
                                                  "session_isolation", "gateway"};
    return std::ranges::find(field_order, name) != field_order.end() || std::ranges::find(own, name) != own.end();
}

const std::string& key(const RunConfig& config) {
    return config.base_name.empty() ? config.name : config.base_name;
}

std::string_view transport_word(const RunConfig& config) {
    return config.foreign_transport ? *config.foreign_transport : to_string(config.transport);
}

void check_runnable(const RunConfig& config) {
    if (!config.foreign_transport) return;
    throw Error{Fault::unsupported,
                fmt::format("workload '{}' has the transport '{}'", key(config), *config.foreign_transport)}
        .hint("thv runs stdio, sse and streamable-http");
}

} // namespace thv
