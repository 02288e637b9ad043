// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/run_config.hpp"
#include "core/time.hpp"
#include "http/address.hpp"
#include "io/task.hpp"

#include <cstddef>
#include <functional>
#include <string>

/// A server behind a URL for a client that speaks the stdio transport: each line is one JSON-RPC message, and messages
/// pass both ways byte for byte, except that line breaks between a message's tokens become spaces.
namespace thv::relay {

struct Server {
    http::Address address;
    ProxyMode mode = ProxyMode::streamable_http;
};

/// The client's two ends.
struct Client {
    std::function<Task<std::string>()> read;            ///< more of what it says; empty at the end
    std::function<Task<bool>(std::string bytes)> write; ///< false: it does not listen any more
};

struct Limits {
    std::size_t message = 64U << 20U; ///< bytes of one message, in either direction
    std::size_t at_once = 256;        ///< requests to the server at a time; more wait
    std::size_t waiting = 64U << 20U; ///< bytes of requests without an answer; then no more is read
    std::size_t unread = 1U << 20U;   ///< bytes that the client has not taken; then less is read from the server
    Duration told = std::chrono::seconds{30};     ///< for the server to take a notification or an answer
    Duration answered = std::chrono::minutes{15}; ///< for the server to begin its answer
    Duration farewell = std::chrono::seconds{30}; ///< for the answers in flight when the client has finished
};

enum class Ending {
    answered,     ///< the client finished and has every answer
    unanswered,   ///< the client finished, and some answers did not come in time
    nobody_reads, ///< the client does not listen any more
};

/// Carries messages until the client has finished. Whatever goes wrong with one request is that request's answer, a
/// JSON-RPC error; with anything else it is a line of the log. Streamable HTTP is spoken in both of its eras: a message
/// with a protocol revision in its `_meta` goes out on its own, with the headers that mirror it, and is cancelled by
/// ending its exchange; all others belong to the session that `initialize` begins, whose event stream is read once the
/// client is initialized. A session that the server has forgotten is an error for each request until the client
/// initializes anew.
///
/// Throws Fault::unreachable when a server that speaks HTTP+SSE cannot be reached or ends its one event stream, for
/// that is the session.
Task<Ending> relay(Server server, Client client, Limits limits = {});

} // namespace thv::relay
