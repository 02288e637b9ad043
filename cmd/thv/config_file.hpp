// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/run_config.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thv::cli {
class Args;
class Console;
} // namespace thv::cli

namespace thv::commands {

/// How long a file that a flag names may be, in bytes.
inline constexpr std::size_t largest_file = 1U << 20U;

/// What a flag's file, or a pipe in its place, holds. Fault::usage, with the flag, when there is none or more than
/// `limit` bytes; Fault::interrupted when a signal comes while it waits for a pipe's writer.
std::string read_input(std::string_view flag, const std::filesystem::path& path, std::size_t limit = largest_file);

/// The same for a name as it was typed: "-" is stdin.
std::string read_input(std::string_view flag, const std::string& name, const std::filesystem::path& folder,
                       cli::Console& console, std::size_t limit = largest_file);

/// What errors call such a name.
inline std::string called(const std::string& name) {
    return name == "-" ? "stdin" : name;
}

/// The name itself, or when it is that of a folder the names of the .yaml, .yml and .json files in it, sorted; none
/// when there are none.
std::vector<std::string> config_files(const std::string& name, const std::filesystem::path& folder);

/// Offers --from-config.
void declare_from_config(cli::Args& args, std::optional<std::string>& file);

/// The run config in a file, or in stdin for "-": upstream's JSON, or an MCPServer manifest in JSON or YAML. Throws
/// Fault::usage, with the place of the mistake.
RunConfig read_config(const std::string& name, const std::filesystem::path& folder, cli::Console& console);

} // namespace thv::commands
