// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Internal to lib/http: the parts of the client that know OpenSSL.

#include "core/error.hpp"
#include "http/connection.hpp"
#include "http/message.hpp"
#include "io/task.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <memory>
#include <string>

namespace thv::http {

class TlsContext {
public:
    explicit TlsContext(bool system)
        : system_roots(system) {}
    mutable asio::ssl::context context{asio::ssl::context::tls_client};
    bool system_roots;
};

/// Why a server's certificate was not accepted.
struct Refusal {
    int code = 0;           ///< X509_V_ERR_…; 0: it was accepted
    std::string date = {};  ///< the end (or begin) of a certificate that is expired (or not valid yet)
    std::string names = {}; ///< whom the server's own certificate is for, made fit to be printed
};

struct TlsStream {
    TlsStream(Socket& socket, std::shared_ptr<const TlsContext> shared)
        : context(std::move(shared))
        , stream(socket, context->context) {}
    std::shared_ptr<const TlsContext> context;
    asio::ssl::stream<Socket&> stream;
    Refusal refusal;
};

/// Puts TLS over a fresh connection. Throws Fault::unreachable with the reason in plain words.
Task<> encrypt(Connection& connection, TlsEndpoint endpoint);

/// The error that stands for a failure of OpenSSL after the handshake: mostly what the server thinks of us.
Error tls_error(boost::system::error_code failure, const std::string& where);

} // namespace thv::http
