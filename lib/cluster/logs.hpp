// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/api.hpp"
#include "workload/logs.hpp"

namespace thv::cluster {

/// The logs of the pods of a workload's server, or of its proxy. Lines of several pods are merged in the order in which
/// they were written, and each then says which pod wrote it. A follower goes on with pods that come, and across
/// restarts of containers and of the API server, without repeating or losing a line that the cluster still has.
class Logs : public thv::Logs {
public:
    /// Keeps a reference.
    explicit Logs(Api& api)
        : api_(api) {}

    /// Fault::unsupported for what has no such log.
    Task<> tail(WorkloadName name, TailOptions options, LineSink sink) override;

private:
    Api& api_;
};

} // namespace thv::cluster
