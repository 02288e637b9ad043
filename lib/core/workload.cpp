// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/workload.hpp"

#include <algorithm>
#include <array>

namespace thv {
namespace {

/// In the order of State.
constexpr std::array<std::string_view, 11> words{
    "running",  "stopped", "error",           "starting",      "stopping",       "unhealthy",
    "removing", "unknown", "unauthenticated", "auth_retrying", "policy_stopped",
};

} // namespace

std::string_view to_string(State state) {
    return words.at(static_cast<std::size_t>(state));
}

State parse_state(std::string_view text) {
    const auto found = std::ranges::find(words, text);
    return found == words.end() ? State::unknown : static_cast<State>(found - words.begin());
}

} // namespace thv
