// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "workload/containers.hpp"

#include <nlohmann/json.hpp>

#include <vector>

namespace thv::engine {

/// What `GET /containers/{id}/json` says, in the words of Docker whichever engine wrote it (podman's "stopped" is
/// "exited"). Fields of another type than the API documents count as missing; Fault::internal without an id.
ContainerInfo container_info(const nlohmann::json& inspected);

/// What `GET /containers/json` says, and Podman's own `GET /libpod/containers/json`. Times and ports as in
/// container_info; a list tells no exit code and no start time.
std::vector<ContainerInfo> container_list(const nlohmann::json& listed);

} // namespace thv::engine
