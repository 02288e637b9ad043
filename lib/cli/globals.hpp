// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

namespace thv::cli {

/// What holds for every command.
struct Globals {
    bool debug = false;                ///< --debug
    std::optional<std::string> colour; ///< --color: auto, always or never
    std::optional<std::string> kubeconfig;
    std::optional<std::string> context;
    std::optional<std::string> name_space;
    bool all_namespaces = false; ///< only of commands that offer it

    /// Whether a flag said that this is about a cluster.
    bool cluster() const { return kubeconfig || context || name_space || all_namespaces; }
};

} // namespace thv::cli
