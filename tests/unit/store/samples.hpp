// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "core/run_config.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace thv::test {

inline RunConfig config_named(const std::string& name) {
    RunConfig config;
    config.image = "fetch:1";
    config.name = config.container_name = config.base_name = name;
    config.port = 4000;
    return config;
}

/// The fault of what `work` throws; none when it throws nothing.
template <typename Work>
std::optional<Fault> fault_of(Work work) {
    try {
        work();
    } catch (const Error& error) {
        return error.fault();
    }
    return std::nullopt;
}

/// Every path below a folder with the time of its last change, sorted.
inline std::vector<std::string> snapshot(const std::filesystem::path& folder) {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{folder}) {
        out.push_back(entry.path().string() + ' ' + std::to_string(entry.last_write_time().time_since_epoch().count()));
    }
    std::ranges::sort(out);
    return out;
}

} // namespace thv::test
