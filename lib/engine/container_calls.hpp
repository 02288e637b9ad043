// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/run_config.hpp"
#include "engine/api.hpp"
#include "workload/containers.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace thv::engine {

/// The container that an id or exactly that name belongs to: engines take any prefix of an id for it, too. Of one that
/// Podman's storage has lost there is only what a list tells.
Task<std::optional<ContainerInfo>> find_container(std::shared_ptr<Api> api, std::string id_or_name);

/// The path of a container's resource; `rest` begins with "/" or "?".
std::string container_path(const std::string& id, std::string_view rest);

/// Asks the program to end, kills it after `grace`, and returns when it has ended, at once if it has already or is
/// being removed.
Task<> stop_container(std::shared_ptr<Api> api, std::string id, std::chrono::seconds grace);

/// Kills and removes; content with what is gone.
Task<> remove_container(std::shared_ptr<Api> api, std::string id);

/// Removes the storage that a Podman, whose API this is, has left of a container of that name and image when it was
/// killed while it made it. No list of containers shows it, yet nothing else can get the name. False when there is
/// none, when it is buildah's or of another image, or when it has not stayed the same for `patience`.
Task<bool> remove_leftover(std::shared_ptr<Api> api, std::string name, std::string image, Duration patience);

/// Adds bind mounts to the body of `POST /containers/create`.
void add_mounts(nlohmann::json& spec, const std::vector<Mount>& mounts);

/// Makes a run config's container as `spec` says and returns its id, also when the caller is cancelled meanwhile.
Task<std::string> make_container(std::shared_ptr<Api> api, RunConfig config, nlohmann::json spec);

} // namespace thv::engine
