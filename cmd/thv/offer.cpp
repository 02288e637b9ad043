// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/mcp_http.hpp"
#include "thv/session.hpp"

namespace thv::commands {

void Session::offer(cli::Ports& ports) {
    ports.provide<const Environment>([this]() -> const Environment& { return environment(); });
    ports.provide<const Paths>([this]() -> const Paths& { return paths(); });
    ports.lend(platform());
    ports.provide<Query>([this]() -> Query& { return query(); });
    ports.provide<Lifecycle>([this]() -> Lifecycle& { return lifecycle(); });
    ports.provide<Logs>([this]() -> Logs& { return logs(); });
    ports.provide<Grouping>([this]() -> Grouping& { return grouping(); });
    ports.provide<Update>([this]() -> Update& { return update(); });
    ports.provide<OutgoingAuths>([this]() -> OutgoingAuths& { return outgoing_auths(); });
    ports.provide<Foreground>([this]() -> Foreground& { return foreground(); });
    ports.provide<secrets::Manager>([this]() -> secrets::Manager& { return secrets(); });
    ports.provide<const RunConfigs>([this]() -> const RunConfigs& { return run_configs(); });
    ports.provide<const Supervisors>([this]() -> const Supervisors& { return supervisors(); });
    ports.provide<KubeNames>([this]() -> KubeNames& { return kube_names(); });
    ports.provide<LocalImages>([this]() -> LocalImages& { return local_images(); });
    const auto dialer = std::make_shared<HttpDialer>(environment());
    ports.provide<McpDialer>([dialer]() -> McpDialer& { return *dialer; });
    ports.provide<registry::Registry>([this]() -> registry::Registry& { return registry(); });
    ports.provide<Probes>([this]() -> Probes& { return probes(); });
}

} // namespace thv::commands
