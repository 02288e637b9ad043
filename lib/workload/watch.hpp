// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/time.hpp"
#include "workload/query.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace thv {

/// What was last told of each workload, to tell only what differs from it.
class Told {
public:
    /// Tells of one workload, if it is new or different.
    void put(Workload workload, const ChangeSink& sink);
    /// Tells that one is gone, if it was there.
    void drop(const std::string& name_space, const std::string& kind, const std::string& name, const ChangeSink& sink);
    /// These are all that there are: tells of the new, of the different, and of those that are gone.
    void replace(std::vector<Workload> workloads, const ChangeSink& sink);

private:
    using Key = std::vector<std::string>; ///< namespace, kind, name
    std::map<Key, Workload> known_;
};

/// Query::watch for platforms that cannot tell of every change: lists again each `interval`. A listing that fails
/// because the platform does not answer is repeated, the first one is not.
Task<> watch_by_listing(Query& query, Filter filter, ChangeSink sink, Duration interval);

} // namespace thv
