// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/api.hpp"
#include "cluster/rollout.hpp"
#include "io/task.hpp"
#include "workload/lifecycle.hpp"

#include <string>

namespace thv::cluster {

/// Removes a workload of any kind. Waits until nothing of it is left, if that is asked for. With force, what the
/// operator would clean up is cleaned up without it when it does not do so within a few seconds.
Task<> remove_workload(Api& api, std::string name, Ending ending);

/// Whether everything that was seen `before` its removal is gone.
Verdict removed(const Sighting& before, const Sighting& seen);

/// The JSON patch that takes the operator's finalizer from an object that is leaving; null unless nothing else holds
/// it.
Json release_patch(const Json& object);

} // namespace thv::cluster
