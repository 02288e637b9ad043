// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/api.hpp"
#include "core/run_config.hpp"
#include "io/task.hpp"

#include <string>
#include <string_view>

namespace thv::cluster {

/// The MCPServer of a run config, all of it: Fault::unsupported when it says what an MCPServer cannot.
Json manifest_of(const RunConfig& config, std::string_view name_space);

/// Fault::not_found when there is no such group. "default" stands for none.
Task<> require_group(Api& api, std::string name);

} // namespace thv::cluster
