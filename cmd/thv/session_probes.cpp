// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/session_probes.hpp"

#include "cluster/api.hpp"
#include "engine/discovery.hpp"

#include <fmt/format.h>

#include <utility>

namespace thv::commands {

namespace {

class EngineProbes final : public Probes {
public:
    EngineProbes(Environment environment, Paths paths)
        : environment_(std::move(environment))
        , paths_(std::move(paths)) {}

    Task<std::vector<Probe>> probe() override {
        std::vector<Probe> probes;
        for (auto& seen : co_await engine::probe_engines(environment_, paths_))
            probes.push_back({.source = seen.source,
                              .socket = seen.socket,
                              .answered = seen.answered,
                              .reason = seen.reason,
                              .engine = seen.engine,
                              .version = seen.version,
                              .api_version = seen.api_version});
        co_return probes;
    }

private:
    Environment environment_;
    Paths paths_;
};

class ClusterProbes final : public Probes {
public:
    explicit ClusterProbes(cluster::Api& api)
        : api_(api) {}

    /// Asks what every command asks, so that missing rights and missing resource definitions are found, too.
    Task<std::vector<Probe>> probe() override {
        Probe probe{.source = fmt::format("namespace {}", api_.name_space()), .socket = api_.server()};
        const cluster::Place place{
            .resource = cluster::mcp_servers, .name_space = api_.name_space(), .name = "thv-runtime-check"};
        try {
            co_await api_.find(place);
            probe.answered = true;
            probe.engine = "kubernetes";
            probe.api_version = cluster::mcp_servers.group_version;
        } catch (const Error& error) {
            probe.reason = error.message();
        }
        std::vector<Probe> probes{std::move(probe)};
        co_return probes;
    }

private:
    cluster::Api& api_;
};

} // namespace

std::unique_ptr<Probes> engine_probes(Environment environment, Paths paths) {
    return std::make_unique<EngineProbes>(std::move(environment), std::move(paths));
}

std::unique_ptr<Probes> cluster_probes(cluster::Api& api) {
    return std::make_unique<ClusterProbes>(api);
}

} // namespace thv::commands
