// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/time.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace thv::cluster {

/// Decides whether one request is sent again, and when. At most 5 times and 30 s of waiting in all.
class Retries {
public:
    /// `repeatable`: sending it twice does what sending it once does.
    explicit Retries(bool repeatable)
        : repeatable_(repeatable) {}

    /// How long to wait after an answer of this status before sending again; none: the answer stands. Refused without
    /// having been looked at (429, and 503 with Retry-After) is repeated whatever it was; 502, 503, 504, and 500 with
    /// Retry-After, when it is repeatable. `retry_after` is the header's value in seconds (RFC 9110, 10.2.3), empty
    /// without one; `spread` from 0 to 1 is drawn by the caller, so that clients do not come back all at once.
    std::optional<Duration> after(int status, std::string_view retry_after, double spread);
    /// The same after a connection that broke. Once only: a server that is not there should be told of soon.
    std::optional<Duration> after_break(double spread);

private:
    std::optional<Duration> wait(Duration span);

    bool repeatable_;
    bool broke_ = false;
    int repeats_ = 0;
    Duration waited_{};
};

/// When to come back to a server from which something is followed, and when not any more.
class Comeback {
public:
    enum class Round : std::uint8_t { good, failed, denied };
    /// The pause after a round: none after a good one, else half a second doubling to 30 s, spread by a quarter.
    /// Nothing after a denial, which will stay one, unless the server was away before: then after the sixth, for an API
    /// server that has just started denies everybody until it has read its roles.
    std::optional<Duration> after(Round round, double spread);

private:
    int failures_ = 0;
    int denials_ = 0;
};

} // namespace thv::cluster
