// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/session_owners.hpp"

namespace thv::proxy {

void SessionOwners::opened(std::string_view session, const std::string& principal) {
    closed(session);
    auto& own = own_[principal];
    all_.emplace_front(session);
    own.emplace_front(session);
    sessions_.emplace(session, Session{principal, all_.begin(), own.begin()});
    if (own.size() > per_principal_) forget(sessions_.find(own.back()));
    if (sessions_.size() > limit_) forget(sessions_.find(all_.back()));
}

void SessionOwners::closed(std::string_view session) {
    if (const auto found = sessions_.find(std::string{session}); found != sessions_.end()) forget(found);
}

bool SessionOwners::owns(std::string_view session, const std::string& principal) {
    const auto found = sessions_.find(std::string{session});
    if (found == sessions_.end() || found->second.principal != principal) return false;
    auto& own = own_.at(principal);
    all_.splice(all_.begin(), all_, found->second.in_all);
    own.splice(own.begin(), own, found->second.in_own);
    return true;
}

void SessionOwners::forget(std::unordered_map<std::string, Session>::iterator session) {
    const auto own = own_.find(session->second.principal);
    own->second.erase(session->second.in_own);
    if (own->second.empty()) own_.erase(own);
    all_.erase(session->second.in_all);
    sessions_.erase(session);
}

} // namespace thv::proxy
