// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/name.hpp"
#include "core/run_config.hpp"
#include "core/time.hpp"
#include "io/task.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace thv {

/// A line of progress for the person who waits ("Pulling fetch:1.2 …"); called on the thread of the task.
using Progress = std::function<void(std::string_view line)>;

/// Starts, stops and removes. Mutations of one workload exclude each other across processes.
struct Lifecycle {
    static constexpr std::string_view noun = "changing workloads";
    virtual ~Lifecycle() = default;

    /// Creates the workload and returns its URL when its server has answered `initialize`. On failure nothing of it
    /// stays. Fault::conflict when the name or the port is taken.
    virtual Task<std::string> run(RunConfig config, Duration patience, Progress progress) = 0;
    /// Starts each that is not running; with `again`, stops the running ones first. Waits until each serves.
    virtual Task<std::vector<Outcome>> start(std::vector<std::string> names, bool again, Duration patience,
                                             Progress progress) = 0;
    /// Stops each; one that is not running is a success. `grace` is the time from SIGTERM to SIGKILL.
    virtual Task<std::vector<Outcome>> stop(std::vector<std::string> names, Duration grace) = 0;
    /// Stops and forgets each. Fault::not_found for a name of which nothing exists.
    virtual Task<std::vector<Outcome>> remove(std::vector<std::string> names, Duration grace) = 0;
};

} // namespace thv
