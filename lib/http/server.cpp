// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "http/server.hpp"

#include "core/error.hpp"
#include "http/server_connection.hpp"

#include <boost/beast/http/status.hpp>
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <ctime>
#include <vector>

namespace thv::http {

namespace {

std::string date_line() {
    const auto seconds = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    std::array<char, 64> text{};
    const auto size = std::strftime(text.data(), text.size(), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &utc);
    return {text.data(), size};
}

/// The usual soft limit of 1024 is for programs that use select(2).
void allow_descriptors() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit); // without it there are fewer connections
}

Error cannot_listen(const std::string& host, std::uint16_t port, boost::system::error_code failure) {
    const auto where = fmt::format("{}:{}", host, port);
    if (failure == asio::error::address_in_use) {
        const auto owner = port_owner(port);
        return Error{Fault::conflict, fmt::format("port {} is in use{}", where, owner.empty() ? "" : " by " + owner)}
            .hint("choose another port, or end the process that holds it");
    }
    if (failure == asio::error::access_denied)
        return Error{Fault::denied, fmt::format("not allowed to listen on {}", where)}.hint("choose a port above 1023");
    return Error{Fault::usage, fmt::format("cannot listen on {}: {}", where, failure.message())};
}

constexpr std::string_view local_peer = "local";

} // namespace

std::string peer_key(const asio::ip::address& address) {
    if (address.is_loopback() || address.is_unspecified()) return std::string{local_peer};
    if (address.is_v4()) return address.to_string();
    const auto v6 = address.to_v6();
    if (v6.is_v4_mapped()) return peer_key(asio::ip::make_address_v4(asio::ip::v4_mapped, v6));
    // One customer of a provider has at least a whole network of 64 bits.
    const auto bytes = v6.to_bytes();
    return {bytes.begin(), bytes.begin() + 8};
}

std::string_view reason_phrase(int status) {
    if (status == 429) return "Too Many Requests";
    const auto text = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
    return {text.data(), text.size()};
}

Server::Impl::Impl(asio::io_context& io, Handler& on_request, ServerLimits allowed)
    : context(io)
    , handler(on_request)
    , limits(allowed)
    , acceptor(io.get_executor())
    , timer(io)
    , date(date_line()) {}

void Server::Impl::accept() {
    acceptor.async_accept(context.get_executor(), [self = shared_from_this()](boost::system::error_code failure,
                                                                              ServerSocket socket) {
        if (self->closed || self->draining) return;
        if (!failure) self->take(std::move(socket));
        // Out of descriptors or memory: `tick` tries again, for a loop would only burn time.
        if (failure == asio::error::no_descriptors || failure == asio::error::no_memory ||
            failure == asio::error::no_buffer_space || failure == boost::system::errc::too_many_files_open_in_system) {
            self->accept_later = true;
            return;
        }
        self->accept();
    });
}

void Server::Impl::take(ServerSocket socket) {
    boost::system::error_code gone; // already: the first read says so, too
    const auto address = socket.remote_endpoint(gone).address();
    auto peer = peer_key(address);
    auto& count = peers[peer];
    const auto most = peer == local_peer ? limits.local_connections : limits.peer_connections;
    const bool full = connections.size() >= limits.connections || count >= most;
    ++count;
    const auto connection = std::make_shared<ServerConnection>(shared_from_this(), std::move(socket), std::move(peer));
    connections.emplace(connection.get(), connection);
    connection->start();
    if (full) connection->refuse(503, "Retry-After: 1\r\n");
}

void Server::Impl::forget(ServerConnection& connection, const std::string& peer) {
    const auto found = peers.find(peer);
    if (found != peers.end() && --found->second == 0) peers.erase(found);
    connections.erase(&connection);
}

void Server::Impl::wait_for_tick() {
    const auto shortest =
        std::min({limits.header_time, limits.body_time, limits.body_grace, limits.idle_time, limits.stall_time});
    timer.expires_after(std::clamp<Duration>(shortest / 4, std::chrono::milliseconds{10}, std::chrono::seconds{1}));
    timer.async_wait([weak = weak_from_this()](boost::system::error_code failure) {
        if (failure) return;
        if (const auto self = weak.lock(); self && !self->closed) self->tick();
    });
}

std::vector<std::shared_ptr<ServerConnection>> Server::Impl::present() const {
    std::vector<std::shared_ptr<ServerConnection>> all;
    all.reserve(connections.size());
    for (const auto& [key, connection] : connections)
        all.push_back(connection);
    return all;
}

void Server::Impl::tick() {
    now = Clock::now();
    date = date_line();
    for (const auto& connection : present())
        connection->tick();
    if (std::exchange(accept_later, false) && !draining) accept();
    wait_for_tick();
}

void Server::Impl::drain() {
    draining = true;
    boost::system::error_code ignored; // closed either way
    acceptor.close(ignored);
    for (const auto& connection : present())
        connection->drain();
}

void Server::Impl::close() {
    closed = true;
    boost::system::error_code ignored; // closed either way
    acceptor.close(ignored);
    timer.cancel();
    for (const auto& connection : present())
        connection->drop();
}

Server::Server(const asio::any_io_executor& executor, Handler& handler, ServerLimits limits)
    : impl_(std::make_shared<Impl>(static_cast<asio::io_context&>(executor.context()), handler, limits)) {}

Server::~Server() {
    impl_->close();
}

void Server::bind(const std::string& host, std::uint16_t port) {
    boost::system::error_code failure;
    const auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, failure);
    if (failure) throw Error{Fault::usage, fmt::format("'{}' is not an IP address to listen on", host)};
    const asio::ip::tcp::endpoint endpoint{address, port};
    auto& acceptor = impl_->acceptor;
    acceptor.open(endpoint.protocol(), failure);
    if (!failure) acceptor.set_option(asio::socket_base::reuse_address{true}, failure);
    if (!failure) acceptor.bind(endpoint, failure);
    if (!failure) acceptor.listen(4096, failure);
    if (!failure) return;
    boost::system::error_code ignored; // the first failure is the one that matters
    acceptor.close(ignored);
    throw cannot_listen(host, port, failure);
}

std::uint16_t Server::port() const {
    return impl_->acceptor.local_endpoint().port();
}

void Server::start() {
    allow_descriptors();
    impl_->now = Clock::now();
    impl_->wait_for_tick();
    impl_->accept();
}

void Server::drain() {
    impl_->drain();
}
void Server::close() {
    impl_->close();
}
std::size_t Server::connections() const {
    return impl_->connections.size();
}

} // namespace thv::http
