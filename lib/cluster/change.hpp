// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/observe.hpp"
#include "cluster/scale.hpp"

#include <functional>
#include <optional>
#include <string>

namespace thv::cluster {

/// How often a change is tried anew because others were faster: the operator writes often only while something changes.
inline constexpr int change_attempts = 10;
/// The error after the last of them.
Error contended(const std::string& name);
/// Throws Fault::conflict for an object that has been deleted and is still there.
void check_not_leaving(const Json& object, const std::string& name);

/// Removes exactly the object that was seen; that it is gone already, or is another one now, is as good. `grace`:
/// seconds that a pod has to end, instead of its own.
Task<> remove_exactly(Api& api, Place place, std::string uid, std::optional<int> grace = {});

/// What to change of a workload, as a merge patch; none: nothing.
using Decide = std::function<std::optional<Json>(const Sighting&)>;

/// Reads the workload and changes it as is decided from what was read; when somebody else has written it meanwhile,
/// both are done again. Returns what it then is. Fault::conflict for one that is being removed, Fault::unsupported for
/// one that only notes where a server is: `what` is what it does not offer ("be stopped").
Task<Sighting> change_workload(Api& api, std::string name, std::string what, Decide decide);

} // namespace thv::cluster
