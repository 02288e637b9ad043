// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/name.hpp"
#include "core/workload.hpp"
#include "io/task.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace thv {

/// Which workloads; every field that is set must match.
struct Filter {
    bool all = true; ///< false: only what runs, as `thv ls` shows without --all
    std::optional<std::string> group;
    std::map<std::string, std::string> labels;
};

/// Reads what is there. Never writes.
struct Query {
    static constexpr std::string_view noun = "listing workloads";
    virtual ~Query() = default;
    /// Sorted by name.
    virtual Task<std::vector<Workload>> list(Filter filter) = 0;
    virtual Task<std::optional<Workload>> find(WorkloadName name) = 0;
};

} // namespace thv
