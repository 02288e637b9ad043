// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/inventory.hpp"
#include "engine/observe.hpp"
#include "store/run_configs.hpp"
#include "store/statuses.hpp"
#include "store/supervisors.hpp"
#include "workload/query.hpp"

namespace thv::engine {

/// The workloads of this machine: run configs and status files, one question to the engine, one to each live
/// supervisor. Upstream's workloads are seen too.
class Query : public thv::Query {
public:
    Query(Inventory& inventory, RunConfigs& run_configs, Statuses& statuses, const Supervisors& supervisors)
        : inventory_(inventory)
        , run_configs_(run_configs)
        , statuses_(statuses)
        , supervisors_(supervisors) {}

    /// With an engine that does not answer, what is known without it; Fault::unreachable when that is nothing.
    Task<> scan(Filter filter, WorkloadSink sink) override;
    Task<std::optional<Workload>> find(WorkloadName name) override;
    Task<RunConfig> config(WorkloadName name) override;
    Task<> scan_configs(Filter filter, ConfigSink sink) override;
    /// Looks each second: much of a workload's state is in its supervisor, which no event of the engine tells.
    Task<> watch(Filter filter, ChangeSink sink) override;

private:
    Task<std::vector<Workload>> observe_all();

    Inventory& inventory_;
    RunConfigs& run_configs_;
    Statuses& statuses_;
    const Supervisors& supervisors_;
};

} // namespace thv::engine
