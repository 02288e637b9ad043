// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Internal to lib/manifest.

#include "core/run_config.hpp"

#include <nlohmann/json.hpp>

namespace thv {

/// Puts into the server's container what a pod can have of the options; see misfits_of for the rest.
void put_options(nlohmann::ordered_json& pod, const ContainerOptions& options);

/// Takes out of the server's container what is as put_options writes it. Anything else stays where it is.
void take_options(ContainerOptions& options, nlohmann::ordered_json& pod, nlohmann::ordered_json& server);

} // namespace thv
