// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Internal to lib/http: the parts of the client that know Beast.

#include "core/error.hpp"
#include "http/message.hpp"
#include "io/task.hpp"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace thv::http {

inline constexpr std::size_t header_limit = 16U << 10U;
inline constexpr std::size_t read_size = 64U << 10U;

using Socket = asio::generic::stream_protocol::socket;
struct TlsStream; // http/tls_stream.hpp

struct Connection {
    explicit Connection(Socket connected);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    Socket socket;
    std::unique_ptr<TlsStream> tls; ///< over `socket`; null when nothing is encrypted
    /// For how long it may be idle before the server may close it while a request is on its way; none: for ever.
    std::optional<std::chrono::seconds> may_idle;
    std::chrono::steady_clock::time_point idle_since;
    boost::beast::flat_buffer buffer{2 * read_size};
};

using Parser = boost::beast::http::response_parser<boost::beast::http::buffer_body>;

/// A request that was sent and whose answer's header was read.
struct Exchange {
    std::unique_ptr<Connection> connection;
    std::unique_ptr<Parser> parser;
    Response head;
};

/// Connects, through the proxy and with the TLS handshake where the endpoint asks for them. Fault::unreachable with the
/// reason when nobody listens there, or when the server's certificate is not good.
Task<std::unique_ptr<Connection>> connect(Endpoint endpoint);

/// The header of a request as it is sent. Throws Fault::usage for control characters that would forge another line.
std::string wire_header(const Request& request, const Endpoint& endpoint);

/// How one attempt at a request on a connection went.
struct Attempt {
    boost::system::error_code failure;
    bool unsent = false;     ///< the server cannot have seen any of the request
    bool unanswered = false; ///< not a byte of an answer arrived
};
/// Sends the request and reads the header of the answer into `exchange`.
Task<Attempt> attempt(Exchange& exchange, std::string header, const Request& request);

/// More of the body into the `size` bytes at `into`; 0 at its end.
Task<std::size_t> read_body(Exchange& exchange, const Endpoint& endpoint, char* into, std::size_t size);

/// Whether an idle connection may carry another request: open, and silent apart from what TLS says to itself.
bool fit_for_reuse(Connection& connection);

/// Throws what an error of the socket or the parser means; a cancellation is thrown as it is.
[[noreturn]] void raise(boost::system::error_code failure, const Endpoint& endpoint);

} // namespace thv::http
