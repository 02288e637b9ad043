// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/run_configs.hpp"

#include <map>
#include <string>
#include <vector>

namespace thv::commands {

/// The workloads that use each secret, by its name. What cannot be read uses none that is known.
std::map<std::string, std::vector<std::string>> secret_users(const RunConfigs& run_configs);

} // namespace thv::commands
