// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/api.hpp"
#include "io/task.hpp"
#include "workload/containers.hpp"

#include <memory>
#include <string>

namespace thv::engine {

/// Takes over the stdio of a container that may not run yet: what it writes from its first byte on is delivered.
/// On podman before 5 the container's stdin ends when any attached stream is closed.
Task<std::unique_ptr<Stdio>> attach_stdio(std::shared_ptr<Api> api, std::string id);

/// The same over a stream that the engine has handed over already.
Task<std::unique_ptr<Stdio>> stdio_over(http::Upgraded upgraded, std::string where);

} // namespace thv::engine
