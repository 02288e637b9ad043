// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace thv::proxy {

/// Which authenticated client opened which session of a server that keeps its sessions itself. Of each client, and of
/// all, the sessions that were used last are known; one that is not known is nobody's, so that its client opens a new
/// one.
class SessionOwners {
public:
    SessionOwners(std::size_t limit, std::size_t per_principal)
        : limit_(limit)
        , per_principal_(per_principal) {}

    void opened(std::string_view session, const std::string& principal);
    void closed(std::string_view session);
    /// Whether a client may use a session.
    bool owns(std::string_view session, const std::string& principal);
    std::size_t size() const { return sessions_.size(); }

private:
    using Order = std::list<std::string>; ///< used last comes first
    struct Session {
        std::string principal;
        Order::iterator in_all;
        Order::iterator in_own;
    };
    void forget(std::unordered_map<std::string, Session>::iterator session);

    std::size_t limit_;
    std::size_t per_principal_;
    std::unordered_map<std::string, Session> sessions_;
    Order all_;
    std::unordered_map<std::string, Order> own_;
};

} // namespace thv::proxy
