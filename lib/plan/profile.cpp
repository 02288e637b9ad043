// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "plan/profile.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv::plan {

namespace {

using nlohmann::ordered_json;

std::string declared(const Mount& mount) {
    return fmt::format("{}:{}", mount.source, mount.target);
}

/// Fields with nothing in them say nothing.
void drop_empty(ordered_json& object) {
    for (auto field = object.begin(); field != object.end();) {
        if (field->is_object()) drop_empty(*field);
        const bool nothing = field->is_null() || (field->is_structured() && field->empty()) ||
                             (field->is_boolean() && !field->get<bool>());
        field = nothing ? object.erase(field) : std::next(field);
    }
}

ordered_json bare(PermissionProfile profile) {
    profile.network_mode.clear();
    auto document = to_document(profile);
    drop_empty(document);
    return document;
}

/// The same permissions, under whatever name.
bool same_permissions(ordered_json left, ordered_json right) {
    left.erase("name");
    right.erase("name");
    return left == right;
}

} // namespace

PermissionProfile with_mounts(PermissionProfile profile, const std::string& network_mode,
                              const std::vector<Mount>& mounts) {
    if (!network_mode.empty()) profile.network_mode = network_mode;
    for (const auto& mount : mounts)
        (mount.read_only ? profile.read : profile.write).push_back(declared(mount));
    profile.document = to_document(profile);
    return profile;
}

PermissionProfile without_mounts(const RunConfig& config) {
    const auto& name = config.permission_profile_name;
    if (!config.permission_profile) return value_or_throw(builtin_profile(name.empty() ? "network" : name));
    auto profile = *config.permission_profile;
    for (const auto& volume : config.volumes) {
        const auto mount = parse_volume(volume, "/");
        if (!mount) continue;
        auto& list = mount->read_only ? profile.read : profile.write;
        const auto found = std::ranges::find(list, declared(*mount));
        if (found != list.end()) list.erase(found);
    }
    return profile;
}

ordered_json profile_word(const RunConfig& config) {
    if (!config.permission_profile) {
        const auto& name = config.permission_profile_name;
        return name.empty() || name == "network" ? ordered_json{} : ordered_json(name);
    }
    auto document = bare(without_mounts(config));
    for (const auto* name : {"network", "none"}) {
        const auto builtin = builtin_profile(name);
        if (builtin && same_permissions(document, bare(*builtin)))
            return std::string_view{name} == "network" ? ordered_json{} : ordered_json(name);
    }
    return document;
}

} // namespace thv::plan
