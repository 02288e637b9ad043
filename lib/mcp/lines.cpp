// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "mcp/lines.hpp"

namespace thv::mcp {

void Lines::hold(std::string_view part) {
    if (skipping_) return;
    if (held_.size() + part.size() > limit_) {
        skipping_ = true;
        ++too_long_;
        held_ = {};
        return;
    }
    held_.append(part);
}

void Lines::next() {
    constexpr std::size_t worth_keeping = 256U << 10U;
    skipping_ = false;
    if (held_.capacity() > worth_keeping) held_ = {};
    held_.clear();
}

} // namespace thv::mcp
