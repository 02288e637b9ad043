// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/run_config.hpp"
#include "engine/api.hpp"
#include "workload/containers.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <string>

namespace thv::engine {

/// The container that an id or exactly that name belongs to: engines take any prefix of an id for it, too. Of one that
/// Podman's storage has lost there is only what a list tells.
Task<std::optional<ContainerInfo>> find_container(std::shared_ptr<Api> api, std::string id_or_name);

/// Adds bind mounts to the body of `POST /containers/create`.
void add_mounts(nlohmann::json& spec, const std::vector<Mount>& mounts);

/// Makes a run config's container as `spec` says and returns its id, also when the caller is cancelled meanwhile.
Task<std::string> make_container(std::shared_ptr<Api> api, RunConfig config, nlohmann::json spec);

} // namespace thv::engine
