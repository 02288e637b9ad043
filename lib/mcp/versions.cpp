// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "mcp/versions.hpp"

#include <algorithm>
#include <array>

namespace thv::mcp {

bool known_version(std::string_view version) {
    constexpr std::array<std::string_view, 4> known{"2024-11-05", "2025-03-26", "2025-06-18", latest_version};
    return std::ranges::find(known, version) != known.end();
}

std::string_view negotiated_version(std::string_view asked, std::string_view server) {
    // Revisions are dates, so their order is that of their text.
    return known_version(asked) && known_version(server) ? std::min(asked, server) : server;
}

} // namespace thv::mcp
