// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/name.hpp"
#include "core/run_config.hpp"
#include "core/time.hpp"
#include "io/task.hpp"
#include "workload/lifecycle.hpp"

#include <functional>
#include <string_view>

namespace thv::commands {

/// Serves one workload in this very process; only engines can.
struct Foreground {
    static constexpr std::string_view noun = "running in the foreground";
    virtual ~Foreground() = default;

    /// Is the supervisor of a workload that exists: `thv start NAME --foreground`, which is also how a supervisor of
    /// its own is started. Ends when it is told to stop or is cancelled. Fault::conflict when another one supervises
    /// it.
    virtual Task<int> supervise(WorkloadName name) = 0;

    /// Creates a workload and serves it until it is cancelled or its server ends; then nothing of it stays. Calls
    /// `ready` with the URL once the server has answered. Returns the exit code of the server.
    virtual Task<int> run(RunConfig config, Duration patience, Progress progress,
                          std::function<void(std::string_view url)> ready) = 0;
};

} // namespace thv::commands
