// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

namespace thv::proxy {

/// How many sessions each authenticated client has. Clients whose name nobody asked for are not told apart, so the
/// empty name counts for nothing.
class Principals {
public:
    explicit Principals(std::size_t limit)
        : limit_(limit) {}

    bool full(const std::string& principal) const {
        const auto found = counts_.find(principal);
        return found != counts_.end() && found->second >= limit_;
    }
    void add(const std::string& principal) {
        if (!principal.empty()) ++counts_[principal];
    }
    void remove(const std::string& principal) {
        const auto found = counts_.find(principal);
        if (found != counts_.end() && --found->second == 0) counts_.erase(found);
    }

private:
    std::size_t limit_;
    std::unordered_map<std::string, std::size_t> counts_;
};

} // namespace thv::proxy
