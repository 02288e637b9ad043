// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/api.hpp"
#include "workload/query.hpp"

#include <optional>
#include <string>

namespace thv::cluster {

class Observed;

/// The workloads of a cluster: MCPServer, MCPRemoteProxy and MCPServerEntry resources, with the pods of servers seen in
/// their StatefulSets. Names are of the chosen namespace. Fault::unsupported, with what to install, when the cluster
/// knows no MCPServer resources. The Api must outlive it.
class Query : public thv::Query {
public:
    explicit Query(Api& api)
        : api_(api) {}

    /// Ordered as the server orders: "a-b" comes before "a".
    Task<> scan(Filter filter, WorkloadSink sink) override;
    /// Of several kinds with one name, the MCPServer, else the MCPRemoteProxy.
    Task<std::optional<Workload>> find(WorkloadName name) override;
    /// Only an MCPServer has one; Fault::unsupported for the others.
    Task<RunConfig> config(WorkloadName name) override;
    /// Read from the lists of the kinds, one after the other, of which at most one page is in memory.
    Task<> scan_configs(Filter filter, ConfigSink sink) override;
    /// Throws what will not get better by waiting: credentials and rights that are refused for some seconds, and
    /// everything that fails at the very start.
    Task<> watch(Filter filter, ChangeSink sink) override;

private:
    Task<Workload> with_pods(Workload workload);

    Api& api_;
};

} // namespace thv::cluster
