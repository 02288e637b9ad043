// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"

#include <chrono>
#include <optional>

namespace thv::cluster {

/// Which failures are waited out of something that is done again and again after a request that was allowed: that the
/// server, or a kubelet behind it, does not answer, and a denial that does not last: an API server that has just
/// started denies everything until it has read its rules.
class Forbearance {
public:
    using Clock = std::chrono::steady_clock;

    void succeeded() { denied_since_.reset(); }
    bool forgives(const Error& error, Clock::time_point now = Clock::now());

private:
    std::optional<Clock::time_point> denied_since_;
};

} // namespace thv::cluster
