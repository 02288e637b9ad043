// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/json.hpp"
#include "core/name.hpp"
#include "core/text.hpp"
#include "manifest/manifest.hpp"
#include "manifest/pod_template.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace thv {
namespace {

using Json = nlohmann::ordered_json;

constexpr int highest_port = 65535;

/// The fields of a specification that are read; what is left in `rest` at the end has no member of its own.
struct Reader {
    Fields fields;
    Json& rest;

    std::string text(const char* field, std::string_view otherwise = {}) {
        auto value = fields.text(field, otherwise);
        rest.erase(field);
        return value;
    }
    int port(const char* field) {
        const int value = fields.integer(field, 1, highest_port);
        rest.erase(field);
        return value;
    }
    const Json* take(const char* field) {
        rest.erase(field);
        return fields.find(field);
    }
};

void read_transport(RunConfig& config, Reader& spec) {
    const auto word = spec.text("transport", "stdio");
    if (const auto transport = parse_transport(lower(word)))
        config.transport = *transport;
    else
        config.foreign_transport = word;
    const auto mode = spec.text("proxyMode");
    config.proxy_mode = config.transport == Transport::sse ? ProxyMode::sse : ProxyMode::streamable_http;
    if (mode.empty() || config.transport != Transport::stdio) return;
    const auto parsed = parse_proxy_mode(lower(mode));
    if (!parsed) spec.fields.wrong("proxyMode", "sse or streamable-http");
    config.proxy_mode = *parsed;
}

/// The elements of a list of objects.
template <typename Read>
void each_object(Reader& spec, const char* field, std::string_view where, Read read) {
    const auto* list = spec.take(field);
    if (list == nullptr) return;
    if (!list->is_array()) spec.fields.wrong(field, "a list");
    const auto inside = fmt::format("{}: {}", where, field);
    for (const auto& entry : *list)
        read(Fields{entry, inside});
}

void read_variables(RunConfig& config, Reader& spec, std::string_view where) {
    each_object(spec, "env", where, [&config](const Fields& entry) {
        const auto name = entry.text("name");
        if (name.empty() || name.contains('=')) entry.wrong("name", "a variable's name");
        config.env_vars[name] = entry.text("value");
    });
    each_object(spec, "secrets", where, [&config](const Fields& entry) {
        const auto key = entry.text("key");
        config.secrets.push_back(
            fmt::format("{}/{},target={}", entry.text("name"), key, entry.text("targetEnvName", key)));
    });
}

/// An object in current versions, a text in the first one.
std::string group_of(Reader& spec, std::string_view where) {
    const auto* reference = spec.take("groupRef");
    if (reference == nullptr) return std::string{default_group};
    auto name = reference->is_string() ? reference->get<std::string>()
                                       : Fields{*reference, fmt::format("{}: groupRef", where)}.text("name");
    return name.empty() ? std::string{default_group} : name;
}

void read_profile(RunConfig& config, Reader& spec, std::string_view where) {
    const auto* profile = spec.fields.find("permissionProfile");
    if (profile == nullptr) return;
    const Fields fields{*profile, fmt::format("{}: permissionProfile", where)};
    if (fields.text("type", "builtin") != "builtin") return; // stays in the rest
    config.permission_profile_name = fields.text("name");
    if (const auto builtin = builtin_profile(config.permission_profile_name)) config.permission_profile = *builtin;
    spec.rest.erase("permissionProfile");
}

void read_spec(RunConfig& config, const Json& spec, std::string_view where) {
    auto rest = spec;
    Reader reader{.fields = Fields{spec, where}, .rest = rest};
    config.image = reader.text("image");
    read_transport(config, reader);
    config.port = reader.port("proxyPort");
    config.target_port = reader.port("mcpPort");
    config.cmd_args = reader.fields.texts("args");
    rest.erase("args");
    read_variables(config, reader, where);
    config.group = group_of(reader, where);
    read_profile(config, reader, where);
    if (const auto* pod_template = reader.take("podTemplateSpec")) read_pod_template(config, *pod_template, where);
    if (!rest.empty()) config.document["k8s_spec"] = std::move(rest);
}

} // namespace

RunConfig config_from_manifest(const Json& server, std::string_view where) {
    const Fields fields{server, where};
    if (fields.text("kind") != "MCPServer") fields.wrong("kind", "MCPServer");
    if (!fields.text("apiVersion").starts_with("toolhive.stacklok.dev/"))
        fields.wrong("apiVersion", "one of toolhive.stacklok.dev");
    const auto* metadata = fields.find("metadata");
    if (metadata == nullptr) fields.wrong("metadata", "an object with a name");
    const auto in_metadata = fmt::format("{}: metadata", where);
    const Fields meta{*metadata, in_metadata};
    const auto* spec = fields.find("spec");
    if (spec == nullptr) fields.wrong("spec", "an object");

    RunConfig config;
    config.name = config.container_name = config.base_name = meta.text("name");
    if (!WorkloadName::parse(config.name)) meta.wrong("name", "a valid workload name");
    config.container_labels = meta.table("labels");
    read_spec(config, *spec, fmt::format("{}: spec", where));
    return config;
}

} // namespace thv
