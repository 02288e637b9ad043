// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/workload.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <vector>

namespace thv::commands {

/// One element of `thv ls -o json`, with upstream's keys in upstream's order. Times that are not known are Go's
/// zero time.
nlohmann::ordered_json list_json(const Workload& workload);

/// `thv ls -o mcpservers`: what AI clients keep in their configuration.
nlohmann::ordered_json client_json(const std::vector<Workload>& workloads);

/// `thv status -o json`, with upstream's keys in upstream's order.
nlohmann::ordered_json status_json(const Workload& workload, Time at);

/// "1d 2h 3m", as upstream shows how long a workload runs.
std::string uptime(Duration span);

/// "3 minutes ago" for people, RFC 3339 to the second for scripts; empty when it is not known.
std::string moment(const std::optional<Time>& time, Time at, bool for_people);

} // namespace thv::commands
