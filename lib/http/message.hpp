// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/time.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace thv::http {

/// A server behind a Unix socket.
struct UnixEndpoint {
    std::string path;
    bool operator==(const UnixEndpoint&) const = default;
};
/// A server on a TCP port; `host` is a name or an address (IPv6 without brackets).
struct TcpEndpoint {
    std::string host;
    std::uint16_t port = 0;
    bool operator==(const TcpEndpoint&) const = default;
};
/// A proxy that opens tunnels (CONNECT, RFC 9110, 9.3.6) and is itself spoken to in the clear.
struct HttpProxy {
    std::string host;
    std::uint16_t port = 0;
    std::string authorization = {}; ///< the value of Proxy-Authorization; empty: none is sent
    bool operator==(const HttpProxy&) const = default;
};
class TlsContext;
/// A server on a TCP port that speaks TLS 1.2 or later; `host` as in TcpEndpoint.
struct TlsEndpoint {
    std::string host;
    std::uint16_t port = 443;
    std::string server_name = {}; ///< what its certificate must be for, and SNI; empty: `host`
    /// Whom to trust and how to prove who we are, made by make_tls(); null: TlsOptions{}. Two endpoints are the same
    /// only when they share it.
    std::shared_ptr<const TlsContext> tls = {};
    std::optional<HttpProxy> proxy = {};
    bool operator==(const TlsEndpoint&) const = default;
};
using Endpoint = std::variant<UnixEndpoint, TcpEndpoint, TlsEndpoint>;

/// "unix:///run/docker.sock", "http://127.0.0.1:8080" or "https://[::1]:443": how messages name an endpoint.
std::string to_string(const Endpoint& endpoint);
/// "host:port", an IPv6 address in brackets.
std::string authority(std::string_view host, std::uint16_t port);

/// Header fields in the order they are sent or were received.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// The value of the first field of that name (any case), or null.
const std::string* find_header(const Headers& headers, std::string_view name);

struct Request {
    std::string method = "GET";
    std::string target = "/"; ///< path and query, percent-encoded already
    Headers headers = {};     ///< Host, User-Agent and Content-Length are added
    std::string body = {};
    /// For a buffered answer from connecting to its last byte, for a streamed one to the end of its header. Zero: none.
    Duration deadline = std::chrono::seconds{30};
    std::size_t body_limit = 16U << 20U; ///< of a buffered answer, in bytes
};

struct Response {
    int status = 0;
    Headers headers = {};
    std::string body = {};

    const std::string* header(std::string_view name) const { return find_header(headers, name); }
    bool ok() const { return status >= 200 && status < 300; }
};

/// Everything except letters, digits and `-._~` as %XX: safe in a path segment and in a query value.
std::string percent_encode(std::string_view text);

} // namespace thv::http
