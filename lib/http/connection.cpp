// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "http/connection.hpp"

#include "http/tls_stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/error.hpp>
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
constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

bool has_control(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool is_token(std::string_view text) {
    return !text.empty() && !has_control(text) && text.find_first_of(" ():<>@,;\\\"/[]?={}") == std::string_view::npos;
}

std::string host_of(const Endpoint& endpoint) {
    // Docker refuses a Host with a slash, so a Unix socket's path cannot be it.
    if (std::holds_alternative<UnixEndpoint>(endpoint)) return "localhost";
    const auto url = to_string(endpoint);
    return url.substr(url.find("://") + 3);
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

Task<std::pair<error_code, std::size_t>> send_all(Connection& connection, std::array<asio::const_buffer, 2> wire) {
    if (connection.tls) {
        const auto [failure, sent] = co_await asio::async_write(connection.tls->stream, wire, as_tuple);
        co_return std::pair{failure, sent};
    }
    const auto [failure, sent] = co_await asio::async_write(connection.socket, wire, as_tuple);
    co_return std::pair{failure, sent};
}

Task<std::pair<error_code, std::size_t>> read_header(Connection& connection, Parser& parser) {
    if (connection.tls) {
        const auto [failure, got] =
            co_await beast::http::async_read_header(connection.tls->stream, connection.buffer, parser, as_tuple);
        // The end of the connection without a farewell: no less the end, and never the end of an answer.
        const bool truncated = failure == asio::ssl::error::stream_truncated;
        const error_code ended = beast::http::make_error_code(parser.got_some() ? beast::http::error::partial_message
                                                                                : beast::http::error::end_of_stream);
        co_return std::pair{truncated ? ended : failure, got};
    }
    const auto [failure, got] =
        co_await beast::http::async_read_header(connection.socket, connection.buffer, parser, as_tuple);
    co_return std::pair{failure, got};
}

Task<error_code> read_more(Connection& connection, Parser& parser) {
    if (connection.tls) {
        const auto [failure, got] =
            co_await beast::http::async_read_some(connection.tls->stream, connection.buffer, parser, as_tuple);
        // RFC 9112, 9.8: a body that only the end of the connection ends is complete only after a farewell.
        if (failure == asio::ssl::error::stream_truncated)
            co_return beast::http::make_error_code(beast::http::error::partial_message);
        co_return failure;
    }
    const auto [failure, got] =
        co_await beast::http::async_read_some(connection.socket, connection.buffer, parser, as_tuple);
    co_return failure;
}

} // namespace

Connection::Connection(Socket connected)
    : socket(std::move(connected)) {}
Connection::~Connection() = default;

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
    const auto [unwritten, sent] = co_await send_all(connection, wire);
    // A server may answer, say "too large", and close before it has read everything: its answer is worth reading.
    if (unwritten && (sent == 0 || unwritten == asio::error::operation_aborted))
        co_return Attempt{.failure = unwritten, .unsent = sent == 0, .unanswered = true};
    for (int interim = 0; interim < 8; ++interim) {
        prepare(exchange, request);
        const auto [failure, got] = co_await read_header(connection, *exchange.parser);
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
        const auto failure = co_await read_more(*exchange.connection, parser);
        if (failure && failure != beast::http::error::need_buffer) raise(failure, endpoint);
        const auto filled = size - body.size;
        if (filled > 0) co_return filled;
    }
    co_return 0;
}

bool fit_for_reuse(Connection& connection) {
    char byte = 0;
    if (connection.tls) {
        // A server may send session tickets and new keys at any time (RFC 8446, 4.6), so a socket with something to
        // read is not a sign of anything: what counts is whether that would be part of an answer, or the end.
        error_code failure;
        connection.socket.non_blocking(true, failure);
        if (!failure) connection.tls->stream.read_some(asio::buffer(&byte, 1), failure);
        return failure == asio::error::would_block;
    }
    const auto got = ::recv(connection.socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void raise(error_code failure, const Endpoint& endpoint) {
    if (failure == asio::error::operation_aborted) throw boost::system::system_error{failure};
    using HttpError = beast::http::error;
    const auto where = to_string(endpoint);
    if (failure.category() == asio::error::get_ssl_category()) throw tls_error(failure, where);
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
