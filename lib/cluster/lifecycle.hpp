// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/api.hpp"
#include "workload/lifecycle.hpp"

namespace thv::cluster {

/// MCPServers, which an operator runs; MCPRemoteProxies and MCPServerEntries as far as they can be started, stopped and
/// removed. Nothing is kept outside the cluster.
class Lifecycle : public thv::Lifecycle {
public:
    /// Keeps a reference.
    explicit Lifecycle(Api& api)
        : api_(api) {}

    Task<std::string> run(RunConfig config, Waiting waiting) override;
    Task<std::string> preview(RunConfig config) override;
    Task<std::vector<Outcome>> start(std::vector<std::string> names, bool again, Waiting waiting) override;
    Task<std::vector<Outcome>> stop(std::vector<std::string> names, Ending ending) override;
    Task<std::vector<Outcome>> remove(std::vector<std::string> names, Ending ending) override;

private:
    Task<Json> create(RunConfig config, bool dry_run);

    Api& api_;
};

} // namespace thv::cluster
