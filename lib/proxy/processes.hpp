// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/server.hpp"
#include "proxy/link.hpp"

#include <string_view>

namespace thv::proxy {

/// Which process of the server a client is served by.
struct Processes {
    struct Choice {
        Link* link = nullptr;
        bool later = false;        ///< without a link: one is being started, see `wait`
        std::string_view why = {}; ///< without a link and not later
    };
    virtual ~Processes() = default;
    /// The one that the container began with.
    virtual Link& shared() = 0;
    /// For a session that begins. A process that is the session's own must be given back.
    virtual Choice for_session() = 0;
    /// For a request of revision 2026-07-28.
    virtual Choice for_modern(const mcp::Message& request) = 0;
    /// The session, or the request outside of one, that had this process has ended.
    virtual void give_back(Link& link) = 0;
    /// The visit is served again, from the beginning, when a choice that was put off can be made.
    virtual void wait(http::Visit& visit) = 0;
    /// Whether `wait` still has the visit; it is forgotten then.
    virtual bool forget(http::Visit& visit) = 0;
};

} // namespace thv::proxy
