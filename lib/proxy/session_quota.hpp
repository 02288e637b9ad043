// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

namespace thv::proxy {

/// How many sessions there may be, in all and of each authenticated client, whichever way they are spoken in.
class SessionQuota {
public:
    SessionQuota(std::size_t limit, std::size_t per_principal)
        : limit_(limit)
        , per_principal_(per_principal) {}

    /// Why there is no further session for a client; empty when there is one. Clients whose name nobody asked for (it
    /// is empty) are not told apart.
    std::string_view refusal(const std::string& principal) const {
        if (all_ >= limit_) return "too many sessions";
        const auto found = counts_.find(principal);
        return found != counts_.end() && found->second >= per_principal_ ? "you have too many sessions" : "";
    }
    void add(const std::string& principal) {
        ++all_;
        if (!principal.empty()) ++counts_[principal];
    }
    void remove(const std::string& principal) {
        --all_;
        const auto found = counts_.find(principal);
        if (found != counts_.end() && --found->second == 0) counts_.erase(found);
    }

private:
    std::size_t limit_;
    std::size_t per_principal_;
    std::size_t all_ = 0;
    std::unordered_map<std::string, std::size_t> counts_;
};

} // namespace thv::proxy
