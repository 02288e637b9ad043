// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/name.hpp"
#include "core/progress.hpp"
#include "core/run_config.hpp"
#include "core/time.hpp"
#include "io/task.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace thv {

/// How to wait for a server to serve.
struct Waiting {
    Duration limit = std::chrono::minutes{5}; ///< Fault::timed_out after it
    bool wait = true; ///< false: done when the platform has taken the change. Only a cluster can go on by itself.
    Progress progress = {};
};

/// How to end a server.
struct Ending {
    /// Engine: from SIGTERM to SIGKILL, 30 s when not set. Cluster: until everything has ended, 5 min when not set.
    std::optional<Duration> timeout = {};
    bool force = false; ///< kill at once; on a cluster also remove what holds up a removal when nobody else does
    bool wait = true;   ///< as in Waiting
    Progress progress = {};
};

/// Starts, stops and removes. Mutations of one workload exclude each other across processes.
struct Lifecycle {
    static constexpr std::string_view noun = "changing workloads";
    virtual ~Lifecycle() = default;

    /// Creates the workload and returns its URL when its server serves; without waiting, the URL may not be known yet
    /// and is empty. Fault::conflict when the name or the port is taken. On an engine nothing stays of one that does
    /// not come up; on a cluster it stays, and the error says so.
    virtual Task<std::string> run(RunConfig config, Waiting waiting) = 0;
    /// What `run` would store, as text, after all checks that can be made without storing it.
    virtual Task<std::string> preview(RunConfig config) = 0;
    /// Starts each that is not running; with `again`, stops the running ones first. Waits until each serves.
    virtual Task<std::vector<Outcome>> start(std::vector<std::string> names, bool again, Waiting waiting) = 0;
    /// Stops each; one that is not running is a success.
    virtual Task<std::vector<Outcome>> stop(std::vector<std::string> names, Ending ending) = 0;
    /// Stops and forgets each. Fault::not_found for a name of which nothing exists.
    virtual Task<std::vector<Outcome>> remove(std::vector<std::string> names, Ending ending) = 0;
};

} // namespace thv
