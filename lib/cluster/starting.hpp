// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/api.hpp"
#include "io/task.hpp"
#include "workload/lifecycle.hpp"

#include <string>

namespace thv::cluster {

/// Starts a workload that is stopped, with as many pods as it had; `again` restarts one that runs. Waits until it
/// serves, if that is asked for.
Task<> start_workload(Api& api, std::string name, bool again, Waiting waiting);

/// Waits until a workload serves and returns its URL. `doing` completes "… but": "'fetch' was created".
Task<std::string> wait_until_serving(Api& api, Resource resource, std::string name, std::string doing, Waiting waiting);

} // namespace thv::cluster
