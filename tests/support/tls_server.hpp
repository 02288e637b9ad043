// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/certificates.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using SSL = struct ssl_st;
using SSL_CTX = struct ssl_ctx_st;

namespace thv::test {

/// The server's end of one TLS connection: blocking, each wait limited to ten seconds.
class TlsPeer {
public:
    explicit TlsPeer(SSL& ssl)
        : ssl_(ssl) {}
    /// One request without a body. Empty when the client has closed.
    std::string read_request();
    /// False when the client takes no more.
    bool send(std::string_view bytes);
    /// Says that nothing more will come, as TLS wants it before the connection is closed.
    void farewell();
    /// Sends a session ticket, as TLS 1.3 servers may at any time.
    void send_ticket();
    /// The CN of the client's certificate; empty without one.
    std::string client() const;
    std::string server_name() const; ///< SNI

private:
    SSL& ssl_;
};

/// A server on a TCP port of this machine, which plays one script per connection, in the order in which they are
/// accepted; further connections are refused. A connection whose handshake fails uses up its script.
class TlsServer {
public:
    using Script = std::function<void(TlsPeer&)>;
    struct Options {
        Identity identity;
        std::string client_authority = {}; ///< PEM; not empty: clients must have a certificate of it
        int newest = 0;                    ///< TLS1_2_VERSION for example; 0: the newest there is
    };
    TlsServer(const Options& options, std::vector<Script> scripts);
    ~TlsServer();
    TlsServer(const TlsServer&) = delete;
    TlsServer& operator=(const TlsServer&) = delete;

    std::uint16_t port() const { return port_; }
    int accepted() const { return accepted_; }

private:
    void serve();

    SSL_CTX* context_ = nullptr;
    std::vector<Script> scripts_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<int> accepted_ = 0;
    std::jthread thread_;
};

} // namespace thv::test
