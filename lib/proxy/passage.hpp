// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/address.hpp"
#include "http/client.hpp"
#include "http/server.hpp"
#include "io/event.hpp"
#include "io/task.hpp"
#include "proxy/guard.hpp"
#include "proxy/sessions.hpp"

#include <boost/asio/cancellation_signal.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace thv::proxy {

/// The server behind a pass-through.
struct Backend {
    std::shared_ptr<http::Client> client;
    /// Its MCP endpoint.
    http::Address address = {};
    bool sse = false; ///< it speaks HTTP+SSE
    /// It is somebody else's: what clients say to get in here stays here, `credentials` go along to its endpoint (and
    /// to where that sends messages) instead, and redirects within it are followed.
    bool foreign = false;
    http::Headers credentials = {};
    bool trusts_forwarded = false;    ///< what clients say about proxies before us goes on
    std::string endpoint_prefix = {}; ///< before the paths that HTTP+SSE clients are told
    std::shared_ptr<PassedSessions> sessions = {};
    /// Told of each answer's status, and of each failure (status 0).
    std::function<void(int status, const Error* failure)> noted = {};
    std::set<std::string> message_paths = {}; ///< where it has sent messages
    /// Where clients who had to say who they are were told to post, while their streams are open, and who they are.
    std::map<std::string, std::string, std::less<>> mailboxes = {};
};
using BackendPtr = std::shared_ptr<Backend>;

/// One request on its way to a server and its answer on the way back.
struct Passage {
    Passage(const asio::any_io_executor& executor, http::Visit& from)
        : visit(&from)
        , room(executor) {}

    http::Visit* visit; ///< null once the client is gone
    Event room;         ///< the client has taken what it was sent
    asio::cancellation_signal cancel;
    bool ended_by_backend = false; ///< `cancel` was for the server's sake
};

/// What of a client's request goes on to the server. The request's body is complete by then: a server learns of no
/// request that was cut short.
http::Request forwarded(const http::Visit& visit, const Backend& backend);

/// The header lines of a server's answer that go on to the client.
std::string returned_fields(const http::Response& head, const std::string& cors_fields, const PassedSession* session);

/// Sends the request to the server and the answer back, as it comes. When the server has forgotten the session of a
/// request, a new one is begun behind the client's id and the request sent again, as far as `second_try` allows. Throws
/// what the client throws, and Fault::denied for a server that does not accept our credentials.
Task<> pass(std::shared_ptr<Passage> passage, BackendPtr backend, std::string cors_fields);

} // namespace thv::proxy
