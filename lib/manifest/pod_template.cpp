// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "manifest/pod_template.hpp"

#include "core/json.hpp"
#include "manifest/pod_options.hpp"
#include "manifest/pod_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv {
namespace {

using namespace pod;

constexpr std::string_view volume_prefix = "thv-volume-";

Json patch_of(const RunConfig& config) {
    if (!config.document.is_object() || !config.document.contains(patch_field)) return Json::object();
    const auto& text = config.document[patch_field];
    if (text.is_string() && text.get_ref<const std::string&>().empty()) return Json::object();
    if (!text.is_string()) throw Error{Fault::usage, fmt::format("field '{}' must be a text", patch_field)};
    auto patch = parse_json(text.get_ref<const std::string&>(), patch_field);
    if (!patch.is_object()) throw Error{Fault::usage, fmt::format("{}: it must be an object", patch_field)};
    return patch;
}

std::string cpu_quantity(int milli) {
    return milli % 1000 == 0 ? fmt::to_string(milli / 1000) : fmt::format("{}m", milli);
}

void put_limits(Json& pod, const ResourceLimits& limits) {
    if (!limits.memory && !limits.milli_cpus) return;
    auto& allowed = object_in(object_in(server_in(pod), "resources"), "limits");
    if (limits.memory) allowed["memory"] = quantity(*limits.memory);
    if (limits.milli_cpus) allowed["cpu"] = cpu_quantity(*limits.milli_cpus);
}

void put_volumes(Json& pod, const std::vector<std::string>& volumes) {
    for (const auto& text : volumes) {
        const auto mount = value_or_throw(parse_volume(text, "/"));
        Json use{{"mountPath", mount.target}};
        if (mount.read_only) use["readOnly"] = true;
        put_mount(pod, volume_prefix, {{"hostPath", {{"path", mount.source}}}}, use);
    }
}

void take_limits(RunConfig& config, Json& server) {
    if (!server.contains("resources") || !server["resources"].is_object()) return;
    auto& resources = server["resources"];
    if (!resources.contains("limits") || !resources["limits"].is_object()) return;
    auto& limits = resources["limits"];
    config.limits.memory = take_amount(limits, "memory", parse_memory);
    config.limits.milli_cpus = take_amount(limits, "cpu", parse_cpus);
    drop_if_empty(resources, "limits");
    drop_if_empty(server, "resources");
}

/// The volume of a node's folder, when it is one of ours.
std::optional<std::string> volume_from(const Json& mount, const Json& volume) {
    if (!volume.contains("hostPath") || !volume["hostPath"].is_object()) return std::nullopt;
    const auto& folder = volume["hostPath"];
    if (!folder.contains("path") || !folder["path"].is_string()) return std::nullopt;
    const bool read_only = mount.contains("readOnly") && mount["readOnly"] == true;
    return fmt::format("{}:{}{}", folder["path"].get<std::string>(), mount["mountPath"].get<std::string>(),
                       read_only ? ":ro" : "");
}

void take_volumes(RunConfig& config, Json& pod, Json& server) {
    const auto take = [&config](const Json& mount, const Json& volume) {
        auto text = volume_from(mount, volume);
        if (!text) return false;
        config.volumes.push_back(*std::move(text));
        return true;
    };
    take_mounts(pod, server, volume_prefix, take);
}

void take_from_pod(RunConfig& config, Json& pod) {
    if (!pod.contains("containers") || !pod["containers"].is_array()) return;
    const auto is_server = [](const Json& one) { return named(one, server_container); };
    const auto& containers = pod["containers"];
    const auto found = std::ranges::find_if(containers, is_server);
    if (found == containers.end()) return;
    const auto index = static_cast<std::size_t>(found - containers.begin());
    auto& server = pod["containers"][index];
    take_limits(config, server);
    take_volumes(config, pod, server);
    take_options(config.container_options, pod, server);
    if (server.size() == 1) pod["containers"].erase(index); // looked up anew: fields in front of it may have gone
    drop_if_empty(pod, "containers");
}

} // namespace

Json pod_template_from(const RunConfig& config) {
    auto pod_template = patch_of(config);
    if (config.limits != ResourceLimits{} || !config.volumes.empty() ||
        config.container_options != ContainerOptions{}) {
        auto& pod = object_in(pod_template, "spec");
        put_limits(pod, config.limits);
        put_volumes(pod, config.volumes);
        put_options(pod, config.container_options);
        drop_if_empty(pod_template, "spec");
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
