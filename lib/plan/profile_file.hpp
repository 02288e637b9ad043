// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "core/run_config.hpp"

#include <nlohmann/json.hpp>

#include <string_view>
#include <vector>

namespace thv::plan {

/// What is wrong with a permission profile that somebody wrote: unknown fields, wrong types, hosts, ports, mounts and
/// limits that are none. Each is Fault::usage and reads "WHERE: network.outbound.allow_port[1] must be …".
std::vector<Error> profile_mistakes(const nlohmann::ordered_json& document, std::string_view where);

/// A permission profile of a file in YAML or JSON. Throws Fault::usage with the first mistake in it, when it can be
/// read at all; `thv profile check` tells them all.
PermissionProfile profile_from_text(std::string_view text, std::string_view where);

/// The limits that a profile sets ("limits: {memory: 512m, cpus: 0.5, pids: 64}"), in place of what is not set yet.
void put_profile_limits(ResourceLimits& limits, const PermissionProfile& profile);

} // namespace thv::plan
