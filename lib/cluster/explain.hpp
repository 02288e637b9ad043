// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/api.hpp"
#include "core/workload.hpp"
#include "io/task.hpp"

#include <vector>

namespace thv::cluster {

/// Whether its pods may tell more than the operator does: it is to run and does not.
bool wants_explanation(const Workload& workload);

/// The same workload with what keeps its pods from running in front of the reason. `its_pods`: those of its name.
Workload explained(Workload workload, const std::vector<Json>& its_pods);

/// Looks for that. As it was where this user must not see pods.
Task<Workload> explain(Api& api, Workload workload);

} // namespace thv::cluster
