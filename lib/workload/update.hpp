// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/run_config.hpp"
#include "io/task.hpp"
#include "workload/lifecycle.hpp"

#include <string>

namespace thv {

/// Changes how workloads run.
struct Update {
    static constexpr std::string_view noun = "updating workloads";
    virtual ~Update() = default;
    /// Makes the workload of that name run as `next` says and returns its URL when it serves that way. Fault::not_found
    /// without one; Fault::conflict, which names the other owner, when somebody else has set something that `next`
    /// changes, unless `force` takes it over.
    virtual Task<std::string> replace(RunConfig next, bool force, Waiting waiting) = 0;
};

} // namespace thv
