// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/permissions.hpp"
#include "engine/spec.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv::engine {

namespace {

void put(std::vector<Mount>& mounts, Mount mount) {
    std::erase_if(mounts, [&](const Mount& other) { return other.target == mount.target; });
    mounts.push_back(std::move(mount));
}

} // namespace

std::vector<Mount> mounts_of(const RunConfig& config) {
    std::vector<Mount> mounts;
    if (config.permission_profile) {
        for (const auto& text : config.permission_profile->read)
            put(mounts, value_or_throw(parse_mount_declaration(text, true)));
        for (const auto& text : config.permission_profile->write)
            put(mounts, value_or_throw(parse_mount_declaration(text, false)));
    }
    for (const auto& text : config.volumes) {
        if (!text.starts_with('/'))
            throw Error{Fault::usage, fmt::format("'{}' is not a volume: its source is not an absolute path", text)};
        put(mounts, value_or_throw(parse_volume(text, "/")));
    }
    return mounts;
}

} // namespace thv::engine
