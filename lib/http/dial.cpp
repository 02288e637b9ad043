// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "http/connection.hpp"
#include "http/tls_stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <fmt/format.h>
#include <sys/socket.h>

namespace thv::http {

namespace {

namespace beast = boost::beast;
using boost::system::error_code;
constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

Error cannot_connect(const Endpoint& endpoint, const std::string& why) {
    return Error{Fault::unreachable, fmt::format("cannot connect to {}: {}", to_string(endpoint), why)};
}

Task<Socket> connect_unix(UnixEndpoint endpoint) {
    const auto executor = co_await asio::this_coro::executor;
    // sun_path holds 108 bytes with the final NUL; Asio would throw its own error.
    if (endpoint.path.empty() || endpoint.path.size() > 107)
        throw cannot_connect(endpoint, "a socket's path has 1 to 107 bytes");
    const asio::local::stream_protocol::endpoint address{endpoint.path};
    asio::steady_timer pause{executor};
    for (int round = 0;; ++round) {
        Socket socket{executor, asio::generic::stream_protocol{AF_UNIX, 0}};
        const auto [failure] = co_await socket.async_connect(address, as_tuple);
        if (!failure) co_return socket;
        // A full backlog of a Unix socket answers EAGAIN at once instead of making the caller wait.
        const bool busy = failure == asio::error::try_again && round < 200;
        if (failure == asio::error::operation_aborted) throw boost::system::system_error{failure};
        if (!busy) throw cannot_connect(endpoint, failure.message());
        pause.expires_after(std::chrono::milliseconds{10});
        co_await pause.async_wait(asio::use_awaitable);
    }
}

Task<std::vector<asio::ip::tcp::endpoint>> resolve(TcpEndpoint endpoint, const Endpoint& named) {
    error_code failure;
    const auto literal = asio::ip::make_address(endpoint.host, failure);
    std::vector<asio::ip::tcp::endpoint> addresses;
    if (!failure) {
        // No resolver for a literal: Asio's starts a thread.
        addresses.emplace_back(literal, endpoint.port);
        co_return addresses;
    }
    asio::ip::tcp::resolver resolver{co_await asio::this_coro::executor};
    const auto [failed, found] =
        co_await resolver.async_resolve(endpoint.host, std::to_string(endpoint.port), as_tuple);
    if (failed == asio::error::operation_aborted) throw boost::system::system_error{failed};
    if (failed) throw cannot_connect(named, failed.message());
    for (const auto& entry : found)
        addresses.push_back(entry.endpoint());
    co_return addresses;
}

/// `named` is how errors name it; it must outlive the task.
Task<Socket> connect_tcp(TcpEndpoint endpoint, const Endpoint& named) {
    const auto executor = co_await asio::this_coro::executor;
    const auto addresses = co_await resolve(std::move(endpoint), named);
    error_code last = asio::error::host_not_found;
    for (const auto& address : addresses) {
        asio::ip::tcp::socket socket{executor};
        std::tie(last) = co_await socket.async_connect(address, as_tuple);
        if (last == asio::error::operation_aborted) throw boost::system::system_error{last};
        if (last) continue;
        socket.set_option(asio::ip::tcp::no_delay{true});
        co_return Socket{std::move(socket)};
    }
    throw cannot_connect(named, last.message());
}

std::string proxy_name(const HttpProxy& proxy) {
    return "the proxy http://" + authority(proxy.host, proxy.port);
}

/// Asks the proxy for a tunnel to `target`.
Task<> tunnel(Connection& connection, HttpProxy proxy, std::string target) {
    auto wire = fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\nUser-Agent: thv/" THV_VERSION "\r\n", target);
    if (!proxy.authorization.empty()) wire += "Proxy-Authorization: " + proxy.authorization + "\r\n";
    wire += "\r\n";
    beast::http::response_parser<beast::http::empty_body> parser;
    parser.header_limit(header_limit);
    parser.skip(true); // whatever a refusal says beyond its status stays unread
    auto [failure, done] = co_await asio::async_write(connection.socket, asio::buffer(wire), as_tuple);
    if (!failure)
        std::tie(failure, done) =
            co_await beast::http::async_read_header(connection.socket, connection.buffer, parser, as_tuple);
    if (failure == asio::error::operation_aborted) throw boost::system::system_error{failure};
    const auto name = proxy_name(proxy);
    if (failure) throw Error{Fault::unreachable, fmt::format("{} gave no answer: {}", name, failure.message())};
    const auto status = parser.get().result_int();
    if (status == 407)
        throw Error{Fault::unreachable, name + " asks for a name and password"}.hint(
            "put them into the proxy's URL: http://NAME:PASSWORD@HOST:PORT");
    if (status < 200 || status > 299)
        throw Error{Fault::unreachable, fmt::format("{} refused to connect to {}: status {}", name, target, status)};
    // The client speaks first in TLS, so these bytes cannot be the server's.
    if (connection.buffer.size() != 0) throw Error{Fault::unreachable, name + " sent more than its answer"};
}

Task<std::unique_ptr<Connection>> connect_tls(TlsEndpoint endpoint) {
    auto target = TcpEndpoint{.host = endpoint.host, .port = endpoint.port};
    if (endpoint.proxy) target = {.host = endpoint.proxy->host, .port = endpoint.proxy->port};
    const Endpoint named = endpoint.proxy ? Endpoint{target} : Endpoint{endpoint};
    auto connection = std::make_unique<Connection>(co_await connect_tcp(std::move(target), named));
    if (endpoint.proxy) co_await tunnel(*connection, *endpoint.proxy, authority(endpoint.host, endpoint.port));
    co_await encrypt(*connection, std::move(endpoint));
    co_return connection;
}

} // namespace

Task<std::unique_ptr<Connection>> connect(Endpoint endpoint) {
    if (auto* local = std::get_if<UnixEndpoint>(&endpoint)) {
        auto socket = co_await connect_unix(std::move(*local));
        co_return std::make_unique<Connection>(std::move(socket));
    }
    if (auto* tls = std::get_if<TlsEndpoint>(&endpoint)) co_return co_await connect_tls(std::move(*tls));
    auto socket = co_await connect_tcp(std::get<TcpEndpoint>(endpoint), endpoint);
    co_return std::make_unique<Connection>(std::move(socket));
}

} // namespace thv::http
