// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/api.hpp"
#include "io/task.hpp"
#include "workload/lifecycle.hpp"

#include <string>

namespace thv::cluster {

/// Stops proxy and server of a workload and remembers how many pods each had. Waits until the last pod is gone, if
/// that is asked for; with force the pods get no time to end.
Task<> stop_workload(Api& api, std::string name, Ending ending);

} // namespace thv::cluster
