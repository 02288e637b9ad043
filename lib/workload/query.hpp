// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/name.hpp"
#include "core/run_config.hpp"
#include "core/workload.hpp"
#include "io/task.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace thv {

/// Which workloads; every field that is set must match.
struct Filter {
    std::optional<std::string> group = {};
    std::map<std::string, std::string> labels = {};
    bool all_namespaces = false; ///< on a cluster: not only the chosen namespace
};

/// Whether the group and the labels are what the filter asks for.
bool matches(const Workload& workload, const Filter& filter);

using WorkloadSink = std::function<void(Workload workload)>;
/// Gets a workload's name, and how it is to run or why that is not known.
using ConfigSink = std::function<void(std::string name, Result<RunConfig> config)>;

/// How a workload differs from what was last told about it.
struct Change {
    enum class Kind { appeared, changed, gone };
    Kind kind = Kind::appeared;
    Workload workload; ///< as it is now; of one that is gone, as it was
};
using ChangeSink = std::function<void(Change change)>;

/// Reads what is there. Never writes.
struct Query {
    static constexpr std::string_view noun = "listing workloads";
    virtual ~Query() = default;
    /// Hands over each workload, ordered by namespace and name. A long list comes in pieces and is never held as a
    /// whole.
    virtual Task<> scan(Filter filter, WorkloadSink sink) = 0;
    virtual Task<std::optional<Workload>> find(WorkloadName name) = 0;
    /// How the workload is to run. Fault::not_found when there is none of that name.
    virtual Task<RunConfig> config(WorkloadName name) = 0;
    /// Hands over what `config` says of each workload that `scan` tells of, in any order, and asks the platform for
    /// lists only. One that has no run config, or a broken one, hides no other.
    virtual Task<> scan_configs(Filter filter, ConfigSink sink) = 0;
    /// Tells what is there as `appeared`, and from then on every change, until the task is cancelled. Outlives outages
    /// of the platform; what changed meanwhile is told afterwards.
    virtual Task<> watch(Filter filter, ChangeSink sink) = 0;

    /// Everything that `scan` hands over.
    Task<std::vector<Workload>> list(Filter filter);
};

} // namespace thv
