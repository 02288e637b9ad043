// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "http/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

namespace thv::http {

namespace {

namespace beast = boost::beast;
using boost::system::error_code;
using Socket = asio::generic::stream_protocol::socket;
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

Task<std::vector<asio::ip::tcp::endpoint>> resolve(TcpEndpoint endpoint) {
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
    if (failed) throw cannot_connect(endpoint, failed.message());
    for (const auto& entry : found)
        addresses.push_back(entry.endpoint());
    co_return addresses;
}

Task<Socket> connect_tcp(TcpEndpoint endpoint) {
    const auto executor = co_await asio::this_coro::executor;
    const auto addresses = co_await resolve(endpoint);
    error_code last = asio::error::host_not_found;
    for (const auto& address : addresses) {
        asio::ip::tcp::socket socket{executor};
        std::tie(last) = co_await socket.async_connect(address, as_tuple);
        if (last == asio::error::operation_aborted) throw boost::system::system_error{last};
        if (last) continue;
        socket.set_option(asio::ip::tcp::no_delay{true});
        co_return Socket{std::move(socket)};
    }
    throw cannot_connect(endpoint, last.message());
}

bool has_control(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool is_token(std::string_view text) {
    return !text.empty() && !has_control(text) && text.find_first_of(" ():<>@,;\\\"/[]?={}") == std::string_view::npos;
}

std::string host_of(const Endpoint& endpoint) {
    // Docker refuses a Host with a slash, so a Unix socket's path cannot be it.
    if (std::holds_alternative<UnixEndpoint>(endpoint)) return "localhost";
    return to_string(endpoint).substr(std::string_view{"http://"}.size());
}

Response head_of(const Parser& parser) {
    Response head;
    head.status = static_cast<int>(parser.get().result_int());
    for (const auto& field : parser.get())
        head.headers.emplace_back(std::string{field.name_string()}, std::string{field.value()});
    return head;
}

void prepare(Exchange& exchange, const Request& request) {
    exchange.parser = std::make_unique<Parser>();
    exchange.parser->header_limit(header_limit);
    exchange.parser->body_limit(boost::none);
    if (request.method == "HEAD") exchange.parser->skip(true);
}

} // namespace

Task<std::unique_ptr<Connection>> connect(Endpoint endpoint) {
    if (std::holds_alternative<UnixEndpoint>(endpoint)) {
        auto socket = co_await connect_unix(std::get<UnixEndpoint>(endpoint));
        co_return std::make_unique<Connection>(std::move(socket));
    }
    auto socket = co_await connect_tcp(std::get<TcpEndpoint>(endpoint));
    co_return std::make_unique<Connection>(std::move(socket));
}

std::string wire_header(const Request& request, const Endpoint& endpoint) {
    if (!is_token(request.method)) throw Error{Fault::usage, "not an HTTP method"};
    if (request.target.empty() || has_control(request.target) || request.target.find(' ') != std::string::npos)
        throw Error{Fault::usage, "not an HTTP request target"};
    std::string wire = request.method + ' ' + request.target + " HTTP/1.1\r\n";
    if (find_header(request.headers, "Host") == nullptr) wire += "Host: " + host_of(endpoint) + "\r\n";
    if (find_header(request.headers, "User-Agent") == nullptr) wire += "User-Agent: thv/" THV_VERSION "\r\n";
    for (const auto& [name, value] : request.headers) {
        const bool tab_only = std::ranges::none_of(value, [](char c) { return c != '\t' && has_control({&c, 1}); });
        if (!is_token(name) || !tab_only) throw Error{Fault::usage, fmt::format("header '{}' cannot be sent", name)};
        wire.append(name).append(": ").append(value).append("\r\n");
    }
    const bool bodiless = request.method == "GET" || request.method == "HEAD" || request.method == "DELETE";
    if (!request.body.empty() || !bodiless) wire += fmt::format("Content-Length: {}\r\n", request.body.size());
    return wire + "\r\n";
}

Task<Attempt> attempt(Exchange& exchange, std::string header, const Request& request) {
    auto& connection = *exchange.connection;
    const std::array<asio::const_buffer, 2> wire{asio::buffer(header), asio::buffer(request.body)};
    const auto [unwritten, sent] = co_await asio::async_write(connection.socket, wire, as_tuple);
    // A server may answer, say "too large", and close before it has read everything: its answer is worth reading.
    if (unwritten && (sent == 0 || unwritten == asio::error::operation_aborted))
        co_return Attempt{.failure = unwritten, .unsent = sent == 0, .unanswered = true};
    for (int interim = 0; interim < 8; ++interim) {
        prepare(exchange, request);
        const auto [failure, got] =
            co_await beast::http::async_read_header(connection.socket, connection.buffer, *exchange.parser, as_tuple);
        if (failure) {
            const bool nothing = got == 0 && connection.buffer.size() == 0 && !exchange.parser->got_some();
            co_return Attempt{.failure = failure, .unanswered = nothing && interim == 0};
        }
        exchange.head = head_of(*exchange.parser);
        // 1xx other than 101 announces the real answer (RFC 9110, 15.2).
        if (exchange.head.status >= 200 || exchange.head.status == 101) co_return Attempt{};
    }
    co_return Attempt{.failure = beast::http::error::bad_status};
}

Task<std::size_t> read_body(Exchange& exchange, const Endpoint& endpoint, char* into, std::size_t size) {
    auto& parser = *exchange.parser;
    auto& body = parser.get().body();
    while (!parser.is_done()) {
        body.data = into;
        body.size = size;
        body.more = true;
        const auto [failure, got] = co_await beast::http::async_read_some(
            exchange.connection->socket, exchange.connection->buffer, parser, as_tuple);
        if (failure && failure != beast::http::error::need_buffer) raise(failure, endpoint);
        const auto filled = size - body.size;
        if (filled > 0) co_return filled;
    }
    co_return 0;
}

bool fit_for_reuse(Connection& connection) {
    char byte = 0;
    const auto got = ::recv(connection.socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void raise(error_code failure, const Endpoint& endpoint) {
    if (failure == asio::error::operation_aborted) throw boost::system::system_error{failure};
    using HttpError = beast::http::error;
    const auto where = to_string(endpoint);
    if (failure == HttpError::end_of_stream)
        throw Error{Fault::unreachable, where + " closed the connection without an answer"};
    if (failure == HttpError::partial_message)
        throw Error{Fault::unreachable, where + " closed the connection in the middle of an answer"};
    if (failure == HttpError::header_limit)
        throw Error{Fault::internal, fmt::format("{} sent a header of more than {} bytes", where, header_limit)};
    if (failure.category() == beast::http::make_error_code(HttpError::bad_status).category())
        throw Error{Fault::internal, fmt::format("{} does not speak HTTP: {}", where, failure.message())};
    throw Error{Fault::unreachable, fmt::format("the connection to {} broke: {}", where, failure.message())};
}

} // namespace thv::http
