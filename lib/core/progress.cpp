// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/progress.hpp"

#include <fmt/format.h>

#include <chrono>

namespace thv {

std::string line_of(const Pull& pull) {
    if (pull.phase == Pull::Phase::begun) return fmt::format("Pulling {}", pull.image);
    if (pull.phase != Pull::Phase::pulled) return {};
    const auto seconds = std::chrono::duration<double>(pull.elapsed).count();
    const auto span = seconds < 10 ? fmt::format("{:.1f}s", seconds) : fmt::format("{:.0f}s", seconds);
    if (pull.total == 0) return fmt::format("Pulled {} (in {})", pull.image, span);
    return fmt::format("Pulled {} ({:.1f} MB in {})", pull.image, static_cast<double>(pull.total) / 1e6, span);
}

void Progress::operator()(const Pull& pull) const {
    if (see_) return see_(pull);
    if (const auto line = line_of(pull); say_ && !line.empty()) say_(line);
}

} // namespace thv
