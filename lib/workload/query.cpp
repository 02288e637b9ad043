// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "workload/query.hpp"

#include <algorithm>

namespace thv {

bool matches(const Workload& workload, const Filter& filter) {
    if (filter.group && workload.group != *filter.group) return false;
    return std::ranges::all_of(filter.labels, [&](const auto& wanted) {
        const auto found = workload.labels.find(wanted.first);
        return found != workload.labels.end() && found->second == wanted.second;
    });
}

Task<std::vector<Workload>> Query::list(Filter filter) {
    std::vector<Workload> workloads;
    const auto keep = [&workloads](Workload workload) { workloads.push_back(std::move(workload)); };
    co_await scan(std::move(filter), keep);
    co_return workloads;
}

} // namespace thv
