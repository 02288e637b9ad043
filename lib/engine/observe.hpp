// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/run_config.hpp"
#include "core/workload.hpp"
#include "store/statuses.hpp"
#include "store/supervisors.hpp"
#include "workload/containers.hpp"

#include <optional>
#include <string>

namespace thv::engine {

/// Everything that was seen of one workload; each part may be missing.
struct Sighting {
    std::string name;
    std::optional<RunConfig> config;
    std::optional<Error> broken;                ///< its run config or status file cannot be read
    std::optional<Status> status;               ///< what its last owner wrote
    std::optional<ContainerInfo> container;     ///< what the engine says
    std::optional<SupervisorReport> supervisor; ///< what a live supervisor says
    bool status_owner_alive = false; ///< the process that the status file names lives and is a thv (ours or upstream's)
    bool engine_answers = true;
};

/// The workload as it truly is. A live supervisor is believed first, then the engine, then the status file, and what
/// contradicts is said in the reason.
Workload observe(const Sighting& sighting);

/// Whether `thv ls` shows it without --all: everything that runs, should run, or is on its way.
bool shown_by_default(State state);

/// Whether a process is the thv that serves or changes this workload: its arguments say so, and it was there when the
/// status was written. Upstream's processes count too.
struct StatusOwner {
    int pid = 0;
    Time written;
    std::string name;
};
bool is_owner(const StatusOwner& owner, const std::vector<std::string>& arguments, Time process_started);

} // namespace thv::engine
