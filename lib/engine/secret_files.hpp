// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/environment.hpp"
#include "io/paths.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace thv::engine {

/// Secrets as files that containers mount, kept in memory: in a folder of each workload, which only its user may enter,
/// on a tmpfs of this machine. Blocks for a few small file operations.
class SecretFiles {
public:
    /// `paths` tell users and their homes apart that share a tmpfs.
    SecretFiles(const Environment& environment, const Paths& paths);

    /// Writes the files anew, readable for every user of a container that mounts one, and returns their folder. Throws
    /// Fault::unsupported where there is no tmpfs, Fault::denied when somebody else has taken the folder's place.
    std::filesystem::path write(const std::string& workload, const std::map<std::string, std::string>& files) const;
    /// Removes a workload's folder, wherever it was made.
    void remove(const std::string& workload) const;

private:
    std::vector<std::filesystem::path> places_; ///< where the folder of all workloads may be, the best first
};

} // namespace thv::engine
