// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace thv::mcp {

/// Log levels as RFC 5424 orders them, from the most talkative.
inline constexpr std::array<std::string_view, 8> level_names{"debug", "info",     "notice", "warning",
                                                             "error", "critical", "alert",  "emergency"};

inline std::optional<int> level_of(std::string_view name) {
    const auto* const place = std::ranges::find(level_names, name);
    if (place == level_names.end()) return std::nullopt;
    return static_cast<int>(place - level_names.begin());
}

} // namespace thv::mcp
