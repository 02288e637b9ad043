// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "manifest/pod_template.hpp"

#include "core/json.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv {
namespace {

using Json = nlohmann::ordered_json;

constexpr auto patch_field = "k8s_pod_template_patch";
constexpr std::string_view server_container = "mcp";
constexpr std::string_view volume_prefix = "thv-volume-";
constexpr long long mebibyte = 1LL << 20;

Json patch_of(const RunConfig& config) {
    if (!config.document.is_object() || !config.document.contains(patch_field)) return Json::object();
    const auto& text = config.document[patch_field];
    if (text.is_string() && text.get_ref<const std::string&>().empty()) return Json::object();
    if (!text.is_string()) throw Error{Fault::usage, fmt::format("field '{}' must be a text", patch_field)};
    auto patch = parse_json(text.get_ref<const std::string&>(), patch_field);
    if (!patch.is_object()) throw Error{Fault::usage, fmt::format("{}: it must be an object", patch_field)};
    return patch;
}

/// The list under `key`, made when it is not there.
Json& list_in(Json& object, const char* key) {
    auto& list = object[key];
    if (list.is_null()) list = Json::array();
    if (!list.is_array()) throw Error{Fault::usage, fmt::format("{}: '{}' must be a list", patch_field, key)};
    return list;
}

Json& object_in(Json& object, const char* key) {
    auto& inner = object[key];
    if (inner.is_null()) inner = Json::object();
    if (!inner.is_object()) throw Error{Fault::usage, fmt::format("{}: '{}' must be an object", patch_field, key)};
    return inner;
}

bool named(const Json& entry, std::string_view name) {
    return entry.is_object() && entry.contains("name") && entry["name"] == name;
}

Json& server_in(Json& pod) {
    auto& containers = list_in(pod, "containers");
    for (auto& container : containers)
        if (named(container, server_container)) return container;
    containers.push_back({{"name", server_container}});
    return containers.back();
}

std::string quantity(long long bytes) {
    return bytes % mebibyte == 0 ? fmt::format("{}Mi", bytes / mebibyte) : fmt::to_string(bytes);
}

std::string cpu_quantity(int milli) {
    return milli % 1000 == 0 ? fmt::to_string(milli / 1000) : fmt::format("{}m", milli);
}

void put_limits(Json& pod, const ResourceLimits& limits) {
    if (limits == ResourceLimits{}) return;
    auto& allowed = object_in(object_in(server_in(pod), "resources"), "limits");
    if (limits.memory) allowed["memory"] = quantity(*limits.memory);
    if (limits.milli_cpus) allowed["cpu"] = cpu_quantity(*limits.milli_cpus);
}

void put_volumes(Json& pod, const std::vector<std::string>& volumes) {
    int number = 0;
    for (const auto& text : volumes) {
        const auto mount = value_or_throw(parse_volume(text, "/"));
        const auto name = fmt::format("{}{}", volume_prefix, number++);
        list_in(pod, "volumes").push_back({{"name", name}, {"hostPath", {{"path", mount.source}}}});
        Json use{{"name", name}, {"mountPath", mount.target}};
        if (mount.read_only) use["readOnly"] = true;
        list_in(server_in(pod), "volumeMounts").push_back(std::move(use));
    }
}

/// The limit, taken out, when it is one that we write; any other stays where it is.
template <typename Parse>
auto take_limit(Json& limits, const char* key, Parse parse) {
    using Value = typename decltype(parse(std::string_view{}))::value_type;
    std::optional<Value> value;
    if (!limits.contains(key)) return value;
    const auto& found = limits[key];
    const auto text = found.is_string() ? found.template get<std::string>() : found.dump();
    // "512M" is 512 million here and 512 Mi to us: only what means the same in both is ours.
    const bool decimal = !text.empty() && std::string_view{"kMGT"}.find(text.back()) != std::string_view::npos;
    if (const auto parsed = parse(text); parsed && !decimal) {
        value = *parsed;
        limits.erase(key);
    }
    return value;
}

void drop_if_empty(Json& object, const char* key) {
    if (object.contains(key) && object[key].empty()) object.erase(key);
}

void take_limits(RunConfig& config, Json& server) {
    if (!server.contains("resources") || !server["resources"].is_object()) return;
    auto& resources = server["resources"];
    if (!resources.contains("limits") || !resources["limits"].is_object()) return;
    auto& limits = resources["limits"];
    config.limits.memory = take_limit(limits, "memory", parse_memory);
    config.limits.milli_cpus = take_limit(limits, "cpu", parse_cpus);
    drop_if_empty(resources, "limits");
    drop_if_empty(server, "resources");
}

/// The path of a volume of ours, and the volume taken out.
std::optional<std::string> take_source(Json& pod, const std::string& name) {
    if (!pod.contains("volumes") || !pod["volumes"].is_array()) return std::nullopt;
    auto& volumes = pod["volumes"];
    const auto found = std::ranges::find_if(volumes, [&](const Json& volume) { return named(volume, name); });
    if (found == volumes.end() || !found->contains("hostPath") || !(*found)["hostPath"].is_object())
        return std::nullopt;
    const auto& path = (*found)["hostPath"];
    if (!path.contains("path") || !path["path"].is_string()) return std::nullopt;
    auto source = path["path"].get<std::string>();
    volumes.erase(found);
    drop_if_empty(pod, "volumes");
    return source;
}

void take_volumes(RunConfig& config, Json& pod, Json& server) {
    if (!server.contains("volumeMounts") || !server["volumeMounts"].is_array()) return;
    auto kept = Json::array();
    for (auto& use : server["volumeMounts"]) {
        const auto name = use.is_object() && use.contains("name") && use["name"].is_string()
                              ? use["name"].get<std::string>()
                              : std::string{};
        const bool ours = name.starts_with(volume_prefix) && use.contains("mountPath") && use["mountPath"].is_string();
        const auto source = ours ? take_source(pod, name) : std::nullopt;
        if (!source) {
            kept.push_back(std::move(use));
            continue;
        }
        const bool read_only = use.contains("readOnly") && use["readOnly"] == true;
        config.volumes.push_back(
            fmt::format("{}:{}{}", *source, use["mountPath"].get<std::string>(), read_only ? ":ro" : ""));
    }
    server["volumeMounts"] = std::move(kept);
    drop_if_empty(server, "volumeMounts");
}

void take_from_pod(RunConfig& config, Json& pod) {
    if (!pod.contains("containers") || !pod["containers"].is_array()) return;
    auto& containers = pod["containers"];
    const auto server = std::ranges::find_if(containers, [](const Json& one) { return named(one, server_container); });
    if (server == containers.end()) return;
    take_limits(config, *server);
    take_volumes(config, pod, *server);
    if (server->size() == 1) containers.erase(server);
    drop_if_empty(pod, "containers");
}

} // namespace

Json pod_template_from(const RunConfig& config) {
    auto pod_template = patch_of(config);
    if (config.limits != ResourceLimits{} || !config.volumes.empty()) {
        auto& pod = object_in(pod_template, "spec");
        put_limits(pod, config.limits);
        put_volumes(pod, config.volumes);
    }
    return pod_template.empty() ? Json{} : pod_template;
}

void read_pod_template(RunConfig& config, Json pod_template, std::string_view where) {
    if (!pod_template.is_object())
        throw Error{Fault::usage, fmt::format("{}: field 'spec.podTemplateSpec' must be an object", where)};
    if (pod_template.contains("spec") && pod_template["spec"].is_object()) {
        take_from_pod(config, pod_template["spec"]);
        drop_if_empty(pod_template, "spec");
    }
    if (!pod_template.empty()) config.document[patch_field] = pod_template.dump();
}

} // namespace thv
