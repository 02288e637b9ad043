// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/client.hpp"
#include "http/server.hpp"
#include "io/event.hpp"
#include "io/task.hpp"
#include "proxy/guard.hpp"

#include <boost/asio/cancellation_signal.hpp>

#include <memory>
#include <string>

namespace thv::proxy {

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

/// What of a client's request goes on to the server.
http::Request forwarded(const http::Visit& visit);

/// The header lines of a server's answer that go on to the client.
std::string returned_fields(const http::Response& head, const std::string& cors_fields);

/// Sends the request to `client` and the answer back. `sse`: the server speaks HTTP+SSE. Throws what the client throws.
Task<> pass(std::shared_ptr<Passage> passage, std::shared_ptr<http::Client> client, std::string cors_fields, bool sse);

} // namespace thv::proxy
