// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "plan/entry.hpp"

#include "core/json.hpp"
#include "core/name.hpp"
#include "core/permissions.hpp"
#include "core/run_config_defaults.hpp"
#include "plan/profile.hpp"
#include "plan/scalar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace thv::plan {

namespace {

using nlohmann::ordered_json;

/// A field's name in an entry, and in a run config.
struct Field {
    std::string_view entry;
    std::string_view config;
};

/// In the order in which they are written.
constexpr std::array fields{Field{"image", "image"},
                            Field{"remote_url", "remote_url"},
                            Field{"args", "cmd_args"},
                            Field{"transport", "transport"},
                            Field{"proxy_mode", "proxy_mode"},
                            Field{"group", "group"},
                            Field{"env", "env_vars"},
                            Field{"secrets", "secrets"},
                            Field{"volumes", "volumes"},
                            Field{"profile", ""},
                            Field{"network", ""},
                            Field{"memory", ""},
                            Field{"cpus", ""},
                            Field{"pids", ""},
                            Field{"read_only", ""},
                            Field{"tmpfs", ""},
                            Field{"user", ""},
                            Field{"host", "host"},
                            Field{"port", "port"},
                            Field{"target_host", "target_host"},
                            Field{"target_port", "target_port"},
                            Field{"publish", "publish"},
                            Field{"labels", "container_labels"},
                            Field{"allowed_origins", "allowed_origins"},
                            Field{"session_ttl", "session_ttl"},
                            Field{"stdio", "stdio_path"},
                            Field{"session_isolation", "session_isolation"},
                            Field{"tools", "tools_filter"},
                            Field{"tools_override", "tools_override"},
                            Field{"gateway", "gateway"},
                            Field{"oidc_config", "oidc_config"},
                            Field{"audit_config", "audit_config"},
                            Field{"remote_auth_config", "remote_auth_config"},
                            Field{"header_forward", "header_forward"},
                            Field{"thv_ca_bundle", "thv_ca_bundle"},
                            Field{"jwks_auth_token_file", "jwks_auth_token_file"},
                            Field{"isolate_network", "isolate_network"},
                            Field{"registry_api_url", "registry_api_url"},
                            Field{"registry_url", "registry_url"},
                            Field{"registry_server_name", "registry_server_name"},
                            Field{"k8s_spec", "k8s_spec"}};

/// What thv itself puts into a run config, or what only one machine means by it.
constexpr std::array<std::string_view, 13> implied{"schema_version",
                                                   "name",
                                                   "container_name",
                                                   "base_name",
                                                   "permission_profile",
                                                   "permission_profile_name_or_path",
                                                   "resource_limits",
                                                   "container_options",
                                                   "debug",
                                                   "ignore_config",
                                                   "middleware_configs",
                                                   "env_file_dir",
                                                   "audit_config_path"};

constexpr std::array<std::string_view, 3> server_variables{"MCP_TRANSPORT", "MCP_PORT", "FASTMCP_PORT"};
constexpr std::array<std::string_view, 5> own_labels{"toolhive", "toolhive-name", "toolhive-basename",
                                                     "toolhive-transport", "toolhive-port"};

std::string expected_variable(const RunConfig& config, std::string_view name) {
    return name == "MCP_TRANSPORT" ? std::string{to_string(config.transport)} : fmt::to_string(config.target_port);
}

void drop_implied_values(ordered_json& document, const RunConfig& config) {
    if (document.contains("env_vars")) {
        auto& variables = document["env_vars"];
        for (const auto name : server_variables)
            if (variables.contains(name) && variables[name] == expected_variable(config, name)) variables.erase(name);
        if (variables.empty()) document.erase("env_vars");
    }
    if (document.contains("container_labels")) {
        for (const auto name : own_labels)
            document["container_labels"].erase(name);
        if (document["container_labels"].empty()) document.erase("container_labels");
    }
    if (document.contains("k8s_spec") && document["k8s_spec"].is_object()) {
        auto& spec = document["k8s_spec"]; // the API server itself fills these in
        if (spec.value("sessionAffinity", "") == "ClientIP") spec.erase("sessionAffinity");
        if (spec.contains("trustProxyHeaders") && spec["trustProxyHeaders"] == false) spec.erase("trustProxyHeaders");
        if (spec.empty()) document.erase("k8s_spec");
    }
    const bool sse = config.transport == Transport::sse;
    const auto drop_default = [&](const char* field, const ordered_json& value) {
        if (document.contains(field) && document[field] == value) document.erase(field);
    };
    drop_default("proxy_mode", to_string(sse ? ProxyMode::sse : ProxyMode::streamable_http));
    drop_default("image", "");
    drop_default("host", "127.0.0.1");
    drop_default("target_host", "127.0.0.1");
    drop_default("port", 0);
    drop_default("group", default_group);
    if (!config.remote_url.empty()) document.erase("target_host"); // it is the host of the URL
}

std::string cpus_text(int milli) {
    return milli % 1000 == 0 ? fmt::to_string(milli / 1000) : fmt::format("{}m", milli);
}

void put_special(ordered_json& entry, const RunConfig& config) {
    if (auto profile = profile_word(config); !profile.is_null()) entry["profile"] = std::move(profile);
    if (config.permission_profile && !config.permission_profile->network_mode.empty())
        entry["network"] = config.permission_profile->network_mode;
    if (config.limits.memory) entry["memory"] = memory_text(*config.limits.memory);
    if (config.limits.milli_cpus) entry["cpus"] = cpus_text(*config.limits.milli_cpus);
    if (config.limits.pids) entry["pids"] = *config.limits.pids;
    const auto& options = config.container_options;
    if (options.read_only) entry["read_only"] = true;
    for (const auto& text : options.tmpfs)
        entry["tmpfs"].push_back(to_string(value_or_throw(parse_tmpfs(text))));
    if (!options.user.empty()) entry["user"] = options.user;
}

template <typename Parser>
auto limit(const ordered_json& entry, const char* field, std::string_view where, Parser parse)
    -> std::optional<typename decltype(parse(std::string_view{}))::value_type> {
    if (!entry.contains(field) || entry[field].is_null()) return std::nullopt;
    const auto parsed = parse(written(entry[field]));
    if (!parsed) throw parsed.error().within(fmt::format("{}: field '{}'", where, field));
    return *parsed;
}

void read_special(RunConfig& config, const ordered_json& entry, std::string_view where) {
    config.limits.memory = limit(entry, "memory", where, parse_memory);
    config.limits.milli_cpus = limit(entry, "cpus", where, parse_cpus);
    config.limits.pids = limit(entry, "pids", where, parse_pids);
    const Fields given{entry, where};
    config.container_options.read_only = given.flag("read_only");
    config.container_options.tmpfs = given.texts("tmpfs");
    for (const auto& text : config.container_options.tmpfs)
        if (const auto tmpfs = parse_tmpfs(text); !tmpfs)
            throw tmpfs.error().within(fmt::format("{}: field 'tmpfs'", where));
    // YAML makes a number of 1000, and of 1000:1000 a text.
    const auto user = limit(entry, "user", where, parse_user);
    config.container_options.user = user.value_or("");
}

/// A number, true or null where a text is expected, as YAML has them, is that text: `env: {DEBUG: 1}`.
void make_texts(ordered_json& table) {
    if (!table.is_object()) return;
    for (auto& [name, value] : table.items())
        if (value.is_number() || value.is_boolean()) value = value.dump();
}

void resolve_volumes(RunConfig& config, std::string_view where, std::string_view folder) {
    std::vector<std::string> targets;
    for (auto& volume : config.volumes) {
        const auto mount = parse_volume(volume, folder);
        if (!mount) throw mount.error().within(fmt::format("{}: field 'volumes'", where));
        if (std::ranges::find(targets, mount->target) != targets.end())
            throw Error{Fault::usage,
                        fmt::format("{}: field 'volumes' has the target '{}' twice", where, mount->target)};
        targets.push_back(mount->target);
        volume = declared_volume(*mount);
    }
}

} // namespace

ordered_json entry_of(const RunConfig& config) {
    auto document = parse_json(to_json(config), "run config", {.bytes = 64U << 20U});
    drop_implied_values(document, config);
    put_special(document, config);
    auto entry = ordered_json::object();
    for (const auto& field : fields) {
        const auto source = field.config.empty() ? field.entry : field.config;
        if (!document.contains(source)) continue;
        entry[std::string{field.entry}] = document[std::string{source}];
        document.erase(std::string{source});
    }
    for (const auto name : implied)
        document.erase(std::string{name});
    for (auto& [name, value] : document.items()) // what only upstream knows
        if (!value.is_null()) entry[name] = value;
    return entry;
}

std::vector<std::string> unknown_fields(const ordered_json& entry) {
    std::vector<std::string> unknown;
    for (const auto& [name, value] : entry.items()) {
        const auto written = [&](const Field& field) { return field.entry == name; };
        const auto renamed = [&](const Field& field) { return field.config == name; };
        if (std::ranges::any_of(fields, written)) continue;
        const bool left_out = std::ranges::any_of(fields, renamed) || std::ranges::find(implied, name) != implied.end();
        if (left_out || !is_run_config_field(name)) unknown.push_back(name);
    }
    return unknown;
}

RunConfig config_of(const std::string& name, const ordered_json& entry, std::string_view where,
                    std::string_view folder) {
    auto document = ordered_json::object();
    for (const auto& [key, value] : entry.items()) {
        const auto same = [&](const Field& field) { return field.entry == key; };
        const auto* const known = std::ranges::find_if(fields, same);
        if (known == fields.end())
            document[key] = value;
        else if (!known->config.empty())
            document[std::string{known->config}] = value;
    }
    for (const auto* table : {"env_vars", "container_labels"})
        if (document.contains(table)) make_texts(document[table]);
    document["name"] = document["base_name"] = document["container_name"] = name;
    if (!document.contains("transport")) document["transport"] = to_string(Transport::streamable_http);
    auto config = run_config_from_json(document.dump(), where);
    say_defaults(config);
    read_special(config, entry, where);
    resolve_volumes(config, where, folder);
    return config;
}

} // namespace thv::plan
