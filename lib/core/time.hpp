// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace thv {

using Time = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;
using Duration = std::chrono::steady_clock::duration;

Time now();

/// RFC 3339 in UTC with up to nine digits of a second, trailing zeros dropped: "2026-03-01T09:30:00.25Z".
std::string format_rfc3339(Time time);

/// Accepts any RFC 3339 offset and zero to nine digits of a second, from 1678 to 2261: Go's zero time, year 1, is an
/// error.
Result<Time> parse_rfc3339(std::string_view text);

/// Go's duration grammar ("1h30m", "250ms", "-1.5s"), and a bare number as seconds, as `docker stop --time` takes it.
Result<Duration> parse_duration(std::string_view text);

/// "5 seconds", "3 minutes", "2 hours", "4 days": the coarse spans that docker prints.
std::string human_span(Duration span);

} // namespace thv
