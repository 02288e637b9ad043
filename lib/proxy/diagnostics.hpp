// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/server.hpp"
#include "proxy/guard.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace thv::proxy {

/// An answer to GET.
struct Told {
    int status = 200;
    std::string_view type;
    std::string body;
};

/// What a workload tells whoever watches over it.
struct Telling {
    std::function<std::string()> metrics; ///< in Prometheus' text format
    std::function<Told()> health;
};

/// What GET of a path is answered with: /metrics, /health, or 404.
Told told(const Telling& telling, std::string_view path);

/// Metrics and health on a port of 127.0.0.1 of their own.
class Diagnostics final : public http::Handler {
public:
    Diagnostics(const boost::asio::any_io_executor& executor, Telling telling);

    /// Takes the port and serves. Throws Fault::conflict that names the owner of a busy one.
    void start(std::uint16_t port);
    std::uint16_t port() const { return server_.port(); }
    void close() { server_.close(); }

    void request(http::Visit& visit) override;
    void gone(http::Visit&) override {}

private:
    Telling telling_;
    http::Server server_;
    std::optional<Guard> guard_;
};

} // namespace thv::proxy
