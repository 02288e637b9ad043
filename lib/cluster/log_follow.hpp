// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/api.hpp"
#include "cluster/log_record.hpp"
#include "cluster/log_source.hpp"
#include "io/task.hpp"

#include <map>
#include <string>

namespace thv::cluster {

/// Prints what the pods of a workload write from now on, until it is gone and its last pod has ended. `cursors`: where
/// the pods that have been read already are, by their uid. Outlives outages of the API server, without limit: it waits
/// for a person.
Task<> follow_logs(Api& api, LogPods source, std::map<std::string, LogCursor> cursors, LogPrinter printer);

} // namespace thv::cluster
