// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace thv::fuzz {

inline void require(bool holds) {
    if (!holds) std::abort();
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// A stream in pieces as a network delivers them: their lengths follow from the first byte of an input, which is
/// taken off it. Zero is the whole stream at once, one is byte by byte.
inline std::vector<std::string_view> cut(std::string_view& input) {
    if (input.empty()) return {};
    const auto how = static_cast<std::uint8_t>(input.front());
    input.remove_prefix(1);
    std::vector<std::string_view> pieces;
    std::uint32_t state = how;
    for (auto rest = input; !rest.empty();) {
        state = state * 1664525U + 1013904223U; // Numerical Recipes: any scatter will do
        const std::size_t wanted = how == 0 ? rest.size() : how == 1 ? 1 : 1 + (state >> 24U) % (how < 128 ? 16 : 256);
        pieces.push_back(rest.substr(0, wanted));
        rest.remove_prefix(std::min(wanted, rest.size()));
    }
    return pieces;
}

} // namespace thv::fuzz
