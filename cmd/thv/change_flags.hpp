// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "thv/run_flags.hpp"

#include <optional>
#include <string>
#include <vector>

namespace thv::commands {

/// What `thv update` was told to change, as it was typed.
struct ChangeFlags {
    RunFlags set; ///< the container's flags of `thv run`, and the arguments
    std::optional<bool> read_only;
    std::optional<int> proxy_port;
    bool no_arguments = false;
    std::vector<std::string> removed_variables;
    std::vector<std::string> removed_secrets; ///< by the variable that they set
    std::vector<std::string> removed_volumes; ///< by their place in the container
    std::vector<std::string> removed_labels;

    void declare(cli::Args& args);
    bool given() const { return *this != ChangeFlags{}; }
    /// Changes a run config as the flags say; what they do not name stays. Throws as run_config_from does, and
    /// Fault::usage for what is to be removed and is not there.
    void put(RunConfig& config, const Environment& environment, const std::filesystem::path& cwd,
             Platform platform) const;
    bool operator==(const ChangeFlags&) const = default;
};

} // namespace thv::commands
