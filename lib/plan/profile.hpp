// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/run_config.hpp"

#include <nlohmann/json.hpp>

#include <vector>

namespace thv::plan {

/// A profile with the network mode and the volumes of one workload in it, as a run config keeps it.
PermissionProfile with_mounts(PermissionProfile profile, const std::string& network_mode,
                              const std::vector<Mount>& mounts);

/// The reverse: the profile of a run config without the volumes of the workload, which is the one that its name stands
/// for where the run config has none. Fault::usage when that is not built in.
PermissionProfile without_mounts(const RunConfig& config);

/// How an entry names the profile of a run config. Null for "network", which is what a workload has that
/// says nothing; the name of a built-in profile; or the profile itself, without volumes and network mode.
nlohmann::ordered_json profile_word(const RunConfig& config);

} // namespace thv::plan
