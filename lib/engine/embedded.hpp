// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/api.hpp"
#include "io/environment.hpp"
#include "io/paths.hpp"
#include "io/task.hpp"

#include <string>
#include <string_view>

namespace thv::engine {

/// The source of an engine that thv starts itself, in probes and endpoints.
inline constexpr std::string_view own_podman = "own podman";

/// The podman program on PATH; empty when there is none.
std::string podman_program(const Environment& environment);

/// Where a podman service of our own listens: in a folder that only this user can enter.
std::string own_podman_socket(const Paths& paths);

/// Makes sure that a podman service of our own answers: `podman system service`, which ends by itself a minute after
/// its last connection. Several processes that want one at once start one. Throws Fault::unreachable with podman's own
/// words when it does not come up within 20 seconds.
Task<Facts> start_own_podman(Environment environment, Paths paths);

} // namespace thv::engine
