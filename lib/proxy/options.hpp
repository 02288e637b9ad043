// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "auth/authenticator.hpp"
#include "core/run_config.hpp"
#include "core/time.hpp"
#include "http/server.hpp"
#include "mcp/bridge.hpp"
#include "mcp/tool_view.hpp"
#include "proxy/call_log.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace thv::proxy {

/// How a proxy serves its clients.
struct Options {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0; ///< 0: a free one
    std::vector<std::string> allowed_origins =
        {};                                      ///< of web pages; their hosts are also accepted as this proxy's names
    std::vector<std::string> allowed_hosts = {}; ///< further names of this proxy
    Transport transport = Transport::stdio;      ///< the server's
    ProxyMode mode = ProxyMode::streamable_http;
    Duration session_ttl = std::chrono::hours{2};   ///< without a request or an open stream
    Duration keep_alive = std::chrono::seconds{30}; ///< between comments on a silent stream
    std::size_t sessions = 10'000;
    std::size_t sessions_per_principal = 100;
    std::shared_ptr<auth::Authenticator> authenticator = {};        ///< null: nobody is asked who he is
    std::vector<std::string> tools = {};                            ///< that clients see; empty: all
    std::map<std::string, mcp::ToolView::Change> tool_changes = {}; ///< by the server's names
    std::string resource_url = {}; ///< this proxy's own URL as clients know it; empty: by the name they use
    std::filesystem::path session_journal = {}; ///< see SessionJournal; none: sessions end with the process
    std::size_t replay_events = 256;            ///< of one session, for clients that come back to a broken stream
    std::size_t replay_bytes = 1U << 20U;       ///< the same, in bytes
    std::size_t server_backlog = 64U << 20U;    ///< bytes that the server has not read; then clients get 503
    std::string endpoint_prefix = {};           ///< before the paths that HTTP+SSE clients are told
    bool trust_forwarded = false;               ///< believe what clients say of proxies before us (X-Forwarded-…)
    Duration tick = std::chrono::seconds{1};    ///< how exact the limits of time are
    Isolation isolation = Isolation::shared;    ///< of sessions from each other
    std::size_t processes = 32;                 ///< of the server at most, when each session has its own
    std::shared_ptr<CallLog> calls = std::make_shared<CallLog>();
    http::ServerLimits http = {};
    mcp::BridgeLimits bridge = {};
};

/// What a run config asks for. Throws Fault::usage for a session TTL that is no duration.
Options proxy_options(const RunConfig& config);

} // namespace thv::proxy
