// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/environment.hpp"

#include <filesystem>
#include <string_view>

namespace thv {

/// Where upstream and we keep files (XDG base directories, each with "toolhive" appended).
struct Paths {
    std::filesystem::path config;  ///< $XDG_CONFIG_HOME/toolhive
    std::filesystem::path state;   ///< $XDG_STATE_HOME/toolhive: run configs, groups, supervisors' sockets
    std::filesystem::path data;    ///< $XDG_DATA_HOME/toolhive: statuses, logs
    std::filesystem::path cache;   ///< $XDG_CACHE_HOME/toolhive
    std::filesystem::path runtime; ///< $XDG_RUNTIME_DIR/toolhive, or `state`/run without one

    /// Throws Fault::usage when neither HOME nor the variables say where.
    static Paths from(const Environment& environment);

    std::filesystem::path run_configs() const { return state / "runconfigs"; }
    std::filesystem::path groups() const { return state / "groups"; }
    std::filesystem::path statuses() const { return data / "statuses"; }
    std::filesystem::path logs() const { return data / "logs"; }
    /// Locks and control sockets of supervisors. In the state folder, not the runtime one: a cron job without
    /// XDG_RUNTIME_DIR must see the same truth as a login shell.
    std::filesystem::path supervisors() const { return state / "supervisors"; }
    std::filesystem::path proxy_log(std::string_view name) const;
};

} // namespace thv
