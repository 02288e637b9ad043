// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/time.hpp"

namespace thv::proxy {

/// How long a server must have run for its next end to count as the first.
inline constexpr std::chrono::seconds stable_after{30};

/// The pause before restart number `attempt` (from 0): half a second doubling up to a minute, spread by `jitter` in
/// [0, 1) over ±20 %, so that many servers that fell together do not rise together.
Duration restart_pause(int attempt, double jitter);

/// The number of the next attempt, after attempt `attempt` ended with a run of `uptime`.
int next_attempt(int attempt, Duration uptime);

} // namespace thv::proxy
