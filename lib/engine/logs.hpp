// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/discovery.hpp"
#include "io/paths.hpp"
#include "store/run_configs.hpp"
#include "workload/containers.hpp"
#include "workload/logs.hpp"

namespace thv::engine {

/// The logs of workloads on an engine. Of a server that speaks over stdio only the stderr is its log: its stdout is the
/// protocol. A follower of a server goes on with the container that takes the place of one that ended. The proxy's log
/// is a file and needs no engine.
class EngineLogs : public Logs {
public:
    EngineLogs(Connector& connector, const RunConfigs& run_configs, Paths paths)
        : connector_(connector)
        , run_configs_(run_configs)
        , paths_(std::move(paths)) {}

    /// Fault::not_found when there is neither a run config nor a container (nor, for the proxy's, a log).
    Task<> tail(WorkloadName name, TailOptions options, LineSink sink) override;

private:
    Task<> tail_proxy(std::string name, TailOptions options, LineSink sink);
    Task<> tail_server(std::string name, TailOptions options, LineSink sink);
    Task<> stream_if_there(ContainerInfo container, TailOptions options, LineSink sink);
    bool is_remote(const std::string& name) const;
    Task<std::optional<ContainerInfo>> container_of(std::string name);

    Connector& connector_;
    const RunConfigs& run_configs_;
    Paths paths_;
};

} // namespace thv::engine
