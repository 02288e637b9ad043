// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Internal to lib/manifest.

#include "core/run_config.hpp"

#include <nlohmann/json.hpp>

#include <string_view>

namespace thv {

/// The pod template of a run config: its own patch, and in it limits, volumes and options for the server. Null when
/// there is nothing to say.
nlohmann::ordered_json pod_template_from(const RunConfig& config);

/// Takes limits, volumes and options out of a pod template and puts them into the config; the rest becomes its patch.
void read_pod_template(RunConfig& config, nlohmann::ordered_json pod_template, std::string_view where);

} // namespace thv
