// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/message.hpp"
#include "io/files.hpp"
#include "io/task.hpp"

#include <memory>
#include <string>

namespace thv::http {

/// The body of an answer as it arrives. Destroying it before its end drops the connection.
class Stream {
public:
    struct Impl;
    explicit Stream(std::unique_ptr<Impl> impl);
    ~Stream();
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    /// Status and headers; its body is empty.
    const Response& head() const;
    /// The next bytes, at most 64 KiB; empty at the end of the body. Throws Fault::unreachable when the server goes
    /// away in the middle. Has no time limit of its own.
    Task<std::string> read_some();
    /// The rest of the body, or Fault::internal when it is longer than `limit` bytes.
    Task<std::string> read_all(std::size_t limit);

private:
    std::unique_ptr<Impl> impl_;
};

/// What became of a request to switch protocols.
struct Upgraded {
    Response head;     ///< with its body when the server refused
    Fd socket;         ///< non-blocking; not open when the server refused
    std::string early; ///< bytes of the new protocol that came together with the header
};

/// Speaks HTTP/1.1 to one server, one request at a time per connection, and keeps a few idle connections. An idle
/// connection that the server has dropped is replaced silently when the request can safely be sent again, and one that
/// the server may be about to drop is not used.
///
/// Answers of any status are returned. Errors: Fault::unreachable (cannot connect, no trust in the server's
/// certificate, or the connection broke; says where and why), Fault::timed_out, Fault::internal (not HTTP, a header
/// over 16 KiB, a body over its limit), Fault::usage (a request with control characters in its method, target or
/// headers). Cancellation comes out as Asio's operation_aborted. Must not outlive the io_context it is used on.
class Client {
public:
    /// Keeps at most `idle` connections for later requests.
    explicit Client(Endpoint endpoint, std::size_t idle = 8);
    ~Client();
    Client(Client&&) noexcept;
    Client& operator=(Client&&) noexcept;

    const Endpoint& endpoint() const;

    /// The whole answer.
    Task<Response> request(Request request);
    /// The answer's header, and its body as it arrives: log streams, NDJSON, server-sent events.
    Task<std::unique_ptr<Stream>> open(Request request);
    /// Asks to take the connection over ("Connection: Upgrade" is sent with "Upgrade: tcp"); 101, or 200 with a body
    /// that has no length, hands it over. Fault::unsupported over TLS.
    Task<Upgraded> upgrade(Request request);

private:
    struct Pool;
    friend struct Stream::Impl;
    std::shared_ptr<Pool> pool_;
};

} // namespace thv::http
