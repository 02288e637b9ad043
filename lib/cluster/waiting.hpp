// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/api.hpp"
#include "cluster/rollout.hpp"
#include "io/task.hpp"
#include "workload/lifecycle.hpp"

#include <functional>
#include <string>

namespace thv::cluster {

/// How long the end of a workload is waited for when nobody has said.
inline constexpr Duration usual_end = std::chrono::minutes{5};

/// "90 s".
std::string in_seconds(Duration span);

/// Which workload a wait is about.
struct Target {
    Resource resource;
    std::string name;
};

/// What a wait is for.
struct Goal {
    std::function<Verdict(const Sighting&)> reached;
    /// What to do about what was seen before it is looked at again; may be empty.
    std::function<Task<>(Sighting)> help = {};
    /// The error when the limit has passed; `why` is what was waited for last.
    std::function<Error(std::string why)> late;
    Duration limit = std::chrono::minutes{5};
    Progress progress = {}; ///< gets what is waited for, each time that it is something else
};

/// Waits until the goal is reached and returns the workload as it then is, null when it is gone. Follows the object by
/// watching it, and looks at what runs for it at least each second. An API server that goes away meanwhile is waited
/// for, too. A failed verdict is thrown as its fault.
Task<Json> wait_for(Api& api, Target target, Goal goal);

} // namespace thv::cluster
