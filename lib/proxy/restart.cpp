// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/restart.hpp"

#include <algorithm>

namespace thv::proxy {

Duration restart_pause(int attempt, double jitter) {
    constexpr std::chrono::milliseconds first{500};
    constexpr std::chrono::milliseconds longest{60'000};
    const auto doublings = std::clamp(attempt, 0, 7);
    const auto pause = std::min(first * (1 << doublings), longest);
    return std::chrono::duration_cast<Duration>(pause * (0.8 + 0.4 * jitter));
}

int next_attempt(int attempt, Duration uptime) {
    return uptime >= stable_after ? 0 : attempt + 1;
}

} // namespace thv::proxy
