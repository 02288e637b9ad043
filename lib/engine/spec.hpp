// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/run_config.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace thv::engine {

/// The caller's hard limits, which a container's own must not exceed: raising them takes a capability that rootless
/// engines lack. None: unlimited.
struct HostLimits {
    std::optional<long long> open_files;
    std::optional<long long> processes;
    static HostLimits of_process();
};

/// The body of `POST /containers/create` for a workload: the same for docker and podman.
///
/// Upstream's labels, which no label of the user's overrides; the user's environment plus what MCP servers are told;
/// ports bound to 127.0.0.1 only; no capabilities, no new privileges, a process limit, rotated logs, no restarts.
/// Throws Fault::usage for a mount, port or variable that is none, and Fault::unsupported for a restriction of the
/// network that cannot be enforced: never less than the profile asks for.
nlohmann::json container_spec(const RunConfig& config, const HostLimits& limits);

/// The network mode that a run config's profile asks for: "none", "bridge", "host", or a network's name.
std::string network_mode(const RunConfig& config);

/// Every bind mount: the profile's `read` and `write`, then the volumes. One target once: writing wins over reading,
/// and a volume over both.
std::vector<Mount> mounts_of(const RunConfig& config);

} // namespace thv::engine
