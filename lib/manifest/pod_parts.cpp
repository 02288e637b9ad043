// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "manifest/pod_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace thv::pod {
namespace {

constexpr long long mebibyte = 1LL << 20;

std::string free_name(const Json& volumes, std::string_view prefix) {
    for (int number = 0;; ++number) {
        auto name = fmt::format("{}{}", prefix, number);
        const auto same = [&](const Json& volume) { return named(volume, name); };
        if (std::ranges::none_of(volumes, same)) return name;
    }
}

} // namespace

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

void drop_if_empty(Json& object, const char* key) {
    if (object.contains(key) && object[key].empty()) object.erase(key);
}

std::string quantity(long long bytes) {
    return bytes % mebibyte == 0 ? fmt::format("{}Mi", bytes / mebibyte) : fmt::to_string(bytes);
}

void put_mount(Json& pod, std::string_view prefix, const Json& volume, const Json& mount) {
    auto& volumes = list_in(pod, "volumes");
    const auto name = free_name(volumes, prefix);
    Json named_volume{{"name", name}};
    named_volume.update(volume);
    volumes.push_back(std::move(named_volume));
    auto& mounts = list_in(server_in(pod), "volumeMounts");
    const auto& target = mount["mountPath"];
    const auto same = [&](const Json& other) {
        return other.is_object() && other.contains("mountPath") && other["mountPath"] == target;
    };
    if (std::ranges::any_of(mounts, same))
        throw Error{Fault::usage, fmt::format("two volumes have the target '{}'", target.get<std::string>())};
    Json named_mount{{"name", name}};
    named_mount.update(mount);
    mounts.push_back(std::move(named_mount));
}

void take_mounts(Json& pod, Json& server, std::string_view prefix,
                 const std::function<bool(const Json& mount, const Json& volume)>& take) {
    if (!server.contains("volumeMounts") || !server["volumeMounts"].is_array()) return;
    if (!pod.contains("volumes") || !pod["volumes"].is_array()) return;
    auto& volumes = pod["volumes"];
    auto kept = Json::array();
    for (auto& mount : server["volumeMounts"]) {
        const bool whole = mount.is_object() && mount.contains("name") && mount["name"].is_string() &&
                           mount.contains("mountPath") && mount["mountPath"].is_string();
        const auto name = whole ? mount["name"].get<std::string>() : std::string{};
        const auto volume = std::ranges::find_if(volumes, [&](const Json& one) { return named(one, name); });
        if (name.starts_with(prefix) && volume != volumes.end() && take(mount, *volume))
            volumes.erase(volume);
        else
            kept.push_back(std::move(mount));
    }
    server["volumeMounts"] = std::move(kept);
    drop_if_empty(server, "volumeMounts");
    drop_if_empty(pod, "volumes");
}

} // namespace thv::pod
