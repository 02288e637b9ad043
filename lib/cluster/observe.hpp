// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/api.hpp"
#include "cluster/rollout.hpp"
#include "io/task.hpp"

#include <optional>
#include <string>

namespace thv::cluster {

/// An object of one of the kinds that are workloads: MCPServer, MCPRemoteProxy, MCPServerEntry.
struct Found {
    Resource resource;
    Json object;
};

/// The workload of that name in the chosen namespace; of several kinds with one name, an MCPServer first.
Task<std::optional<Found>> locate(Api& api, std::string name);
/// The same, or Fault::not_found.
Task<Found> require_workload(Api& api, std::string name);
Error no_workload(const std::string& name);

/// Reads what runs for a workload; `object` is the workload itself as it is known, or null.
Task<Sighting> observe(Api& api, Resource resource, std::string name, Json object);

/// The object, or none also where the server does not know its kind (an operator may be older than the kind), or this
/// user must not see it.
Task<std::optional<Json>> find_any(Api& api, Place place);

} // namespace thv::cluster
