// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/observe.hpp"
#include "cluster/scale.hpp"

#include <functional>
#include <optional>
#include <string>

namespace thv::cluster {

/// What to change of a workload, as a merge patch; none: nothing.
using Decide = std::function<std::optional<Json>(const Sighting&)>;

/// Reads the workload and changes it as is decided from what was read; when somebody else has written it meanwhile,
/// both are done again. Returns what it then is. Fault::conflict for one that is being removed, Fault::unsupported for
/// one that only notes where a server is: `what` is what it does not offer ("be stopped").
Task<Sighting> change_workload(Api& api, std::string name, std::string what, Decide decide);

} // namespace thv::cluster
