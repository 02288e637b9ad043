// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/run_config.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace thv::engine {

/// The file in a mounted folder, or in a folder below it, that says what a server must not see.
inline constexpr const char* ignore_file = ".thvignore";

/// The paths in a mounted folder that its ignore files hide, relative to it, with those files themselves; nothing below
/// a path that is hidden. `global_rules` come first. Without them, and without an ignore file in the folder itself, it
/// is not looked through, and nothing is hidden. Symbolic links are not followed; what a hidden one leads to in the
/// same folder is hidden, too. Throws Fault::usage when there are more than a container can be given, and Fault::denied
/// when something cannot be read: then it is not known what would have to be hidden.
std::vector<std::filesystem::path> hidden_in(const std::filesystem::path& folder, const std::string& global_rules);

/// Mounts that cover everything that is hidden in the folders among `mounts`, read-only: files by an empty one, folders
/// by an empty one, both of which are made in `own_folder` when they are needed.
std::vector<Mount> masks_for(const std::vector<Mount>& mounts, const std::string& global_rules,
                             const std::filesystem::path& own_folder);

} // namespace thv::engine
