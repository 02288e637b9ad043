// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/name.hpp"
#include "manifest/manifest.hpp"
#include "manifest/pod_template.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t longest_label = 63;

bool own_label(std::string_view name) {
    return name == "toolhive" || name.starts_with("toolhive-");
}

/// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
bool label_text(std::string_view text) {
    const auto letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    const auto fine = [&](char c) { return letter(c) || c == '-' || c == '_' || c == '.'; };
    return text.size() <= longest_label && std::ranges::all_of(text, fine) &&
           (text.empty() || (letter(text.front()) && letter(text.back())));
}

void check_label(std::string_view name, std::string_view value) {
    const auto slash = name.find('/');
    const auto plain = slash == std::string_view::npos ? name : name.substr(slash + 1);
    if (!plain.empty() && label_text(plain) && label_text(value)) return;
    throw Error{Fault::usage, fmt::format("the label '{}' cannot be one on a cluster", name)}.hint(
        "name and value have at most 63 letters, digits, '-', '_' and '.', a letter or digit at both ends");
}

Json labels_of(const RunConfig& config) {
    Json labels = Json::object();
    for (const auto& [name, value] : config.container_labels) {
        if (own_label(name)) continue;
        check_label(name, value);
        labels[name] = value;
    }
    return labels;
}

/// The operator tells the server its transport and port itself.
bool implied_variable(const RunConfig& config, std::string_view name, std::string_view value) {
    if (name == "MCP_TRANSPORT") return value == to_string(config.transport);
    return (name == "MCP_PORT" || name == "FASTMCP_PORT") && value == fmt::to_string(config.target_port);
}

Json variables_of(const RunConfig& config) {
    Json variables = Json::array();
    for (const auto& [name, value] : config.env_vars)
        if (!implied_variable(config, name, value)) variables.push_back({{"name", name}, {"value", value}});
    return variables;
}

Json secrets_of(const RunConfig& config) {
    Json secrets = Json::array();
    for (const auto& text : config.secrets) {
        const auto use = value_or_throw(parse_secret_use(text));
        if (use.file)
            throw Error{Fault::unsupported,
                        fmt::format("a secret as a file is not available on a cluster ('{}')", text)}
                .hint("leave as=file out, or mount the Secret with a pod template");
        const auto slash = use.name.find('/');
        const bool fine = slash != std::string::npos && slash > 0 && slash + 1 < use.name.size();
        if (!fine)
            throw Error{Fault::usage, fmt::format("'{}' does not name a key of a Secret", use.name)}.hint(
                "on a cluster write it as SECRET/KEY,target=VARIABLE");
        secrets.push_back(
            {{"name", use.name.substr(0, slash)}, {"key", use.name.substr(slash + 1)}, {"targetEnvName", use.target}});
    }
    return secrets;
}

void put_profile(Json& spec, const RunConfig& config, std::vector<std::string>& left_out) {
    const auto& name = config.permission_profile_name;
    if (name.empty()) return;
    if (name == "none" || name == "network")
        spec["permissionProfile"] = {{"type", "builtin"}, {"name", name}};
    else
        left_out.emplace_back("--permission-profile of a file");
}

std::vector<std::string> not_there(const RunConfig& config) {
    std::vector<std::string> flags;
    const auto note = [&flags](bool said, const char* flag) {
        if (said) flags.emplace_back(flag);
    };
    note(config.host != "127.0.0.1", "--host");
    note(config.target_host != "127.0.0.1", "--target-host");
    note(!config.publish.empty(), "--publish");
    note(!config.allowed_origins.empty(), "--allowed-origins");
    note(!config.session_ttl.empty(), "--session-ttl");
    note(config.isolate_network, "--isolate-network");
    for (auto& misfit : misfits_of(config))
        flags.push_back(std::move(misfit.what));
    return flags;
}

/// What the config knows of the object only as it is.
void put_rest(Json& spec, const RunConfig& config) {
    if (!config.document.is_object() || !config.document.contains("k8s_spec")) return;
    const auto& rest = config.document["k8s_spec"];
    if (!rest.is_object()) throw Error{Fault::usage, "field 'k8s_spec' must be an object"};
    for (const auto& [field, value] : rest.items())
        if (!spec.contains(field)) spec[field] = value;
}

Json spec_of(const RunConfig& config, std::vector<std::string>& left_out) {
    Json spec = Json::object();
    spec["image"] = config.image;
    spec["transport"] = to_string(config.transport);
    if (config.transport == Transport::stdio) spec["proxyMode"] = to_string(config.proxy_mode);
    if (config.port != 0) spec["proxyPort"] = config.port;
    if (config.transport != Transport::stdio && config.target_port != 0) spec["mcpPort"] = config.target_port;
    if (!config.cmd_args.empty()) spec["args"] = config.cmd_args;
    if (auto variables = variables_of(config); !variables.empty()) spec["env"] = std::move(variables);
    if (auto secrets = secrets_of(config); !secrets.empty()) spec["secrets"] = std::move(secrets);
    put_profile(spec, config, left_out);
    if (config.group != default_group) {
        check_cluster_group(config.group);
        spec["groupRef"] = {{"name", config.group}};
    }
    if (auto pod_template = pod_template_from(config); !pod_template.is_null())
        spec["podTemplateSpec"] = std::move(pod_template);
    put_rest(spec, config);
    return spec;
}

} // namespace

Manifest manifest_from(const RunConfig& config, std::string_view name_space) {
    const auto& name = key(config);
    if (!config.remote_url.empty())
        throw Error{Fault::unsupported, fmt::format("'{}' is a remote server, which is no MCPServer", name)};
    check_runnable(config);
    check_cluster_name(name);
    Manifest manifest{.object = Json::object(), .left_out = not_there(config)};
    auto& object = manifest.object;
    object["apiVersion"] = "toolhive.stacklok.dev/v1beta1";
    object["kind"] = "MCPServer";
    object["metadata"] = {{"name", name}};
    if (!name_space.empty()) object["metadata"]["namespace"] = name_space;
    if (auto labels = labels_of(config); !labels.empty()) object["metadata"]["labels"] = std::move(labels);
    object["spec"] = spec_of(config, manifest.left_out);
    return manifest;
}

} // namespace thv
