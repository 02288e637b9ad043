// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/server.hpp"
#include "mcp/bridge.hpp"
#include "proxy/exchange.hpp"
#include "proxy/guard.hpp"
#include "proxy/link.hpp"
#include "proxy/options.hpp"
#include "proxy/processes.hpp"
#include "proxy/session_quota.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace thv::proxy {

/// One way in which clients speak HTTP to a stdio server: what is common to the two there are. What servers send
/// comes in by the functions of Clients, for exchanges and sessions of this front only.
class Front : public Clients {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// What fronts have in common; all of it outlives them.
    struct Parts {
        const Options& options;
        const Guard& guard;
        Processes& processes;
        SessionQuota& quota;
    };
    explicit Front(const Parts& parts)
        : options_(parts.options)
        , guard_(parts.guard)
        , quota_(parts.quota)
        , processes_(parts.processes) {}

    /// Whether a request is for this front.
    virtual bool serves(std::string_view path) const = 0;
    virtual void serve(http::Visit& visit) = 0;
    virtual void gone(http::Visit& visit) = 0;
    /// Ends what has idled for too long. Call about every second.
    virtual void tick(Time now) = 0;
    /// Ends the streams that would never end by themselves.
    virtual void end_streams() = 0;
    /// The process has ended; the sessions that had it for their own end with it.
    virtual void ended(Link& link) = 0;
    /// Whether the front knows the session.
    virtual bool has(mcp::Session session) const = 0;
    virtual std::size_t sessions() const = 0;
    /// On which a client waits for events.
    virtual std::size_t streams() const = 0;

protected:
    /// A JSON-RPC error without an id as the whole answer.
    void refuse(http::Visit& visit, int status, int code, std::string_view message, std::string_view fields = {}) const;
    void refuse(http::Visit& visit, int status, const std::string& message, std::string_view fields = {}) const;
    std::string fields(const http::Visit& visit, std::string_view type) const;
    /// Whether the body says that it is JSON; answers 415 when not.
    bool is_json(http::Visit& visit) const;
    /// Whether the server reads so little that clients must come back later; answers 503 when so.
    bool is_clogged(http::Visit& visit, const Link& link, const mcp::Message& message) const;
    /// The link of a choice; null when there is none (yet), for which the visit is refused or waits.
    Link* settled(const Processes::Choice& choice, http::Visit& visit, const mcp::Message& message);
    void overloaded(http::Visit& visit, const mcp::Message& message, mcp::Watch watch) const;
    /// A request is about to be given to a bridge.
    mcp::Watch watch(const http::Visit& visit, const mcp::Message& message, std::string_view session) const {
        return options_.calls->began({visit.principal(), session}, message);
    }
    /// One event; `head` are whole lines that come first.
    static void write_event(http::Visit& visit, std::string_view head, const mcp::Pieces& message);
    /// Whether it is time for comments on silent streams.
    bool comment_due(Time now);

    const Options& options_;
    const Guard& guard_;
    SessionQuota& quota_;
    Processes& processes_;
    Time now_ = std::chrono::steady_clock::now();

private:
    Time last_comment_ = now_;
};

inline constexpr std::string_view event_stream_fields = "Cache-Control: no-cache\r\nX-Accel-Buffering: no\r\n";

/// Streamable HTTP (MCP 2025-03-26 and later) on /mcp.
std::unique_ptr<Front> make_streamable_front(const Front::Parts& parts);
/// HTTP with SSE (MCP 2024-11-05) on /sse and /messages.
std::unique_ptr<Front> make_sse_front(const Front::Parts& parts);

} // namespace thv::proxy
