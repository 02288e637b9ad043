// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/run_config.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace thv::plan {

/// How a workload file tells how one workload is to run: the fields of a run config, some under shorter names ("args"
/// for "cmd_args"), without those that follow from others (names, thv's own labels and variables) and without
/// defaults. Two run configs that do the same have the same entry.
nlohmann::ordered_json entry_of(const RunConfig& config);

/// Names of fields that no entry has, in their order.
std::vector<std::string> unknown_fields(const nlohmann::ordered_json& entry);

/// The run config of the workload `name`. "profile" and "network" are left to the caller (see profile.hpp); relative
/// volumes are taken from `folder`. Throws Fault::usage, "WHERE: field 'KEY' must be …".
RunConfig config_of(const std::string& name, const nlohmann::ordered_json& entry, std::string_view where,
                    std::string_view folder);

} // namespace thv::plan
