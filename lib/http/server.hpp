// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/time.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace thv::http {

namespace asio = boost::asio;

/// What a client may cost. Breaking one is answered with the status in brackets where an answer is possible.
struct ServerLimits {
    std::size_t header_bytes = 16U << 10U;  ///< [431]
    std::size_t fields = 100;               ///< [431]
    std::size_t target_bytes = 8U << 10U;   ///< [414]
    std::size_t body_bytes = 8U << 20U;     ///< [413]
    std::size_t connections = 10'000;       ///< [503]
    std::size_t peer_connections = 256;     ///< of one other machine, or of one IPv6 network of 64 bits [503]
    std::size_t local_connections = 10'000; ///< of this machine [503]
    std::size_t stream_queue = 1U << 20U;   ///< bytes that a streaming client has not taken; then it is dropped
    Duration header_time = std::chrono::seconds{10}; ///< from the first byte to the end of the header [408]
    Duration body_time = std::chrono::seconds{30};   ///< from there to the end of the body [408]
    Duration body_grace = std::chrono::seconds{5};   ///< after which `body_rate` counts
    std::size_t body_rate = 1024;                    ///< bytes a second, on average, of a body [408]
    Duration idle_time = std::chrono::seconds{120};  ///< between two requests of a connection
    Duration stall_time = std::chrono::seconds{30};  ///< in which a client takes nothing of what is sent
};

/// Bytes in pieces, written one after the other.
using Parts = std::span<const std::string_view>;

/// One request and its answer. Lives, at the same address, from Handler::request to the end of its answer or to
/// Handler::gone; views of the request live as long. Answering never calls back into the handler.
class Visit {
public:
    virtual std::string_view method() const = 0;
    virtual std::string_view target() const = 0; ///< as it came, at most `target_bytes`
    std::string_view path() const { return target().substr(0, target().find('?')); }
    /// The first field of that name (in lower case); none without one.
    virtual std::optional<std::string_view> header(std::string_view lower_name) const = 0;
    virtual std::size_t header_count(std::string_view lower_name) const = 0;
    struct Field {
        std::string_view name;
        std::string_view value;
    };
    virtual std::size_t fields() const = 0;
    virtual Field field(std::size_t index) const = 0;
    virtual std::string_view body() const = 0;

    /// The whole answer. `fields` are header lines, each with its CR LF; Content-Length and the like are added.
    virtual void answer(int status, std::string_view fields, Parts body) = 0;
    void answer(int status, std::string_view fields, std::string_view body) { answer(status, fields, Parts{&body, 1}); }
    /// Begins an answer of unknown length. It leaves with the first `send`, for which an empty one will do.
    virtual void start(int status, std::string_view fields) = 0;
    /// More of it. False when the client is too slow: it is then dropped, and Handler::gone follows.
    virtual bool send(Parts bytes) = 0;
    bool send(std::string_view bytes) { return send(Parts{&bytes, 1}); }
    virtual bool started() const = 0;
    /// Bytes that wait to be taken by the client.
    virtual std::size_t queued() const = 0;
    /// The end of an answer that was started.
    virtual void finish() = 0;
    /// Breaks the connection off, so that the client sees that its answer is incomplete. Handler::gone follows.
    virtual void abort() = 0;

    /// Who asks; empty when nobody was asked for a proof of it.
    const std::string& principal() const { return principal_; }
    /// Tells who asks, and how long that may be believed: an answer that still streams then is broken off.
    void authenticated(std::string principal, std::chrono::steady_clock::time_point until) {
        principal_ = std::move(principal);
        believed_until_ = until;
    }

protected:
    ~Visit() = default;
    /// A new request: nothing is known of who sent it.
    void forget_principal() {
        principal_.clear();
        believed_until_ = std::chrono::steady_clock::time_point::max();
    }
    std::chrono::steady_clock::time_point believed_until() const { return believed_until_; }

private:
    std::string principal_;
    std::chrono::steady_clock::time_point believed_until_ = std::chrono::steady_clock::time_point::max();
};

struct Handler {
    virtual ~Handler() = default;
    /// A complete request has arrived. Answer it now or later.
    virtual void request(Visit& visit) = 0;
    /// The client went away before its answer was finished; the visit is over.
    virtual void gone(Visit& visit) = 0;
    /// What the client of a started answer left untaken has become less than before.
    virtual void drained(Visit& visit) { static_cast<void>(visit); }
    /// What was no complete request, or one too many, was answered with that status.
    virtual void rejected(int status) { static_cast<void>(status); }
};

/// An HTTP/1.1 server on one TCP port: keep-alive, pipelining, chunked bodies both ways, all of `limits`. It runs on
/// one io_context with one thread, which must outlive it; the handler too.
class Server {
public:
    struct Impl;
    Server(const asio::any_io_executor& executor, Handler& handler, ServerLimits limits = {});
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Takes the port (0: a free one) of an address or "localhost". Throws Fault::conflict with the owner's process
    /// when it is taken, Fault::denied when it may not be used, Fault::usage when `host` is no local address.
    void bind(const std::string& host, std::uint16_t port);
    std::uint16_t port() const;
    /// Begins to accept. Lets this process open as many descriptors as the system allows it.
    void start();
    /// Takes no new connections or requests; answers in progress go on.
    void drain();
    /// Breaks off everything.
    void close();
    std::size_t connections() const;

private:
    std::shared_ptr<Impl> impl_;
};

/// "OK" and so on.
std::string_view reason_phrase(int status);

/// "process 4711 (python3)" for who listens on a TCP port of this machine; empty when that cannot be seen.
std::string port_owner(std::uint16_t port);

} // namespace thv::http
