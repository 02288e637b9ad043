// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "mcp/lines.hpp"

#include "core/text.hpp"

#include <algorithm>

namespace thv::mcp {

namespace {
constexpr std::size_t shown = 512; // of the ends of a line that is dropped
}

void Lines::hold(std::string_view part) {
    if (skipping_) return skip(part);
    if (held_.size() + part.size() <= limit_) {
        held_.append(part);
        return;
    }
    skipping_ = true;
    ++too_long_;
    tail_ = held_.substr(held_.size() - std::min(held_.size(), shown));
    held_.append(part.substr(0, shown));
    held_ = held_.substr(0, shown);
    skip(part);
}

void Lines::skip(std::string_view part) {
    tail_.append(part.substr(part.size() - std::min(part.size(), shown)));
    tail_.erase(0, tail_.size() - std::min(tail_.size(), shown));
}

void Lines::next() {
    constexpr std::size_t worth_keeping = 256U << 10U;
    skipping_ = false;
    if (held_.capacity() > worth_keeping) release(held_);
    held_.clear();
    tail_.clear();
}

} // namespace thv::mcp
