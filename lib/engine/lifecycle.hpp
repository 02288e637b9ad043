// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/inventory.hpp"
#include "engine/secret_files.hpp"
#include "io/environment.hpp"
#include "io/paths.hpp"
#include "secrets/values.hpp"
#include "store/groups.hpp"
#include "store/run_configs.hpp"
#include "store/statuses.hpp"
#include "store/supervisors.hpp"
#include "workload/containers.hpp"
#include "workload/lifecycle.hpp"

namespace thv::engine {

/// Containers plus one supervisor process each; for a remote server the supervisor alone, and no engine is needed.
/// Everything here may be killed at any moment: a run config is written before anything is made of it and removed after
/// everything else is gone, so that `thv rm` can always finish.
class Lifecycle : public thv::Lifecycle {
public:
    struct Ports {
        Containers& containers;
        Inventory& inventory;
        RunConfigs& run_configs;
        Statuses& statuses;
        Groups& groups;
        const Supervisors& supervisors;
        Paths paths;
        secrets::Values& secrets;
        SecretFiles secret_files;
        Environment environment = {}; ///< how remote servers are reached
    };
    explicit Lifecycle(Ports ports)
        : ports_(std::move(ports)) {}

    Task<std::string> run(RunConfig config, Waiting waiting) override;
    Task<std::string> preview(RunConfig config) override;
    Task<std::vector<Outcome>> start(std::vector<std::string> names, bool again, Waiting waiting) override;
    Task<std::vector<Outcome>> stop(std::vector<std::string> names, Ending ending) override;
    Task<std::vector<Outcome>> remove(std::vector<std::string> names, Ending ending) override;

    /// Update::replace. The server as it is goes on serving until one that runs as `next` says, beside it and under the
    /// name NAME-next, has answered. Then they change places, on the same port; should that fail, the old one is
    /// started again. One that was stopped is changed and stays stopped; there is no URL then.
    Task<std::string> replace(RunConfig next, Waiting waiting);

    /// The part of `run` before anything starts: names are free, the group exists, the image is there (or the remote
    /// server answers), the run config is written. For a supervisor in the foreground.
    Task<> prepare(RunConfig config, Progress progress);
    /// Removes whatever there is of a workload. The caller holds the operation lock.
    Task<> erase(std::string name, Duration grace);

private:
    Task<> reserve(RunConfig config, Progress progress);
    Task<> check(RunConfig config);
    Task<> check_free(std::string name, bool remote);
    Task<> greet(RunConfig config, Progress progress);
    /// `patience_line` is told when it takes long; by default that the workload's server is waited for.
    Task<std::string> launch(RunConfig config, Waiting waiting, std::string patience_line = {});
    Task<> start_one(std::string name, bool again, Waiting waiting);
    Task<> stop_one(std::string name, Duration grace);
    Task<> remove_one(std::string name, Duration grace);
    Task<bool> has_adoptable(std::string name);
    Task<> halt(std::string name, Duration grace);
    Task<> stop_containers(std::string name, Duration grace);
    Task<> remove_helpers(std::string name);
    Task<> check_change(RunConfig old, RunConfig next);
    bool is_stopped(const std::string& name) const;
    Task<> try_out(RunConfig next, Waiting waiting);
    Task<std::string> change_places(RunConfig old, RunConfig next, bool served, Waiting waiting);
    Task<std::vector<ContainerInfo>> containers_named(std::string name);
    bool known(const std::string& name) const;
    bool is_remote(const std::string& name) const;

    Ports ports_;
};

} // namespace thv::engine
