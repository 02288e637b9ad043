// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/run_config.hpp"

#include <filesystem>
#include <string>

namespace thv::cli {
class Console;
}

namespace thv::commands {

/// The run config in a file, or in stdin for "-": upstream's JSON, or an MCPServer manifest in JSON or YAML. Throws
/// Fault::usage, with the place of the mistake.
RunConfig read_config(const std::string& name, const std::filesystem::path& folder, cli::Console& console);

} // namespace thv::commands
