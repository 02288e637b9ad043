// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/dispatch.hpp"
#include "io/environment.hpp"
#include "io/paths.hpp"
#include "registry/registry.hpp"
#include "secrets/manager.hpp"
#include "store/run_configs.hpp"
#include "store/supervisors.hpp"
#include "thv/foreground.hpp"
#include "thv/live_values.hpp"
#include "thv/probes.hpp"
#include "workload/grouping.hpp"
#include "workload/lifecycle.hpp"
#include "workload/logs.hpp"
#include "workload/outgoing_auths.hpp"
#include "workload/platform.hpp"
#include "workload/query.hpp"
#include "workload/update.hpp"

#include <memory>

namespace thv::commands {

/// The real things behind the ports. Nothing is looked for, opened or read before it is asked for, and each is made
/// once. session.cpp is the only file that knows the concrete types.
class Session {
public:
    Session(Environment environment, cli::Globals globals, cli::Console& console);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    const Environment& environment() const;
    /// Throws Fault::usage when nothing says where the user's files are.
    const Paths& paths();
    const Platform& platform() const;
    Query& query();
    Lifecycle& lifecycle();
    Logs& logs();
    Grouping& grouping();
    Update& update();
    /// Fault::unsupported on an engine.
    OutgoingAuths& outgoing_auths();
    Foreground& foreground();
    Probes& probes();
    registry::Registry& registry();
    secrets::Manager& secrets();
    const RunConfigs& run_configs();
    const Supervisors& supervisors();
    KubeNames& kube_names();
    LocalImages& local_images();

    /// Provides all of these to commands. The session must outlive the ports.
    void offer(cli::Ports& ports);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace thv::commands
