// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// Answers as they arrive at the client. What it makes of them does not depend on how the stream is cut, and a body is
// as long as the answer says or is no success. The first byte is the method's, the second says how the stream is cut.
#include "http/connection.hpp"
#include "pair.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>

#include <charconv>

namespace {

using namespace thv;
using fuzz::require;

struct Outcome {
    bool done = false;
    bool failed = false;
    http::Response answer;
};

Task<> ask(http::Exchange& exchange, const http::Request& request, Outcome& outcome) {
    const http::Endpoint endpoint = http::TcpEndpoint{"localhost", 80};
    try {
        const auto header = http::wire_header(request, endpoint);
        const auto attempt = co_await http::attempt(exchange, header, request);
        if (attempt.failure) http::raise(attempt.failure, endpoint);
        outcome.answer = exchange.head;
        std::string piece(64, '\0');
        // What follows 101 is another protocol.
        while (exchange.head.status != 101) {
            const auto got = co_await http::read_body(exchange, endpoint, piece.data(), piece.size());
            require(got <= piece.size());
            if (got == 0) break;
            outcome.answer.body.append(piece, 0, got);
        }
    } catch (const Error& error) {
        require(error.fault() == Fault::unreachable || error.fault() == Fault::internal);
        outcome.failed = true;
    }
    outcome.done = true;
}

Outcome play(const http::Request& request, const std::vector<std::string_view>& pieces) {
    asio::io_context io{1};
    fuzz::Pair pair;
    http::Socket socket{io.get_executor()};
    socket.assign(asio::generic::stream_protocol{AF_UNIX, 0}, pair.lend());
    http::Exchange exchange;
    exchange.connection = std::make_unique<http::Connection>(std::move(socket));
    Outcome outcome;
    asio::co_spawn(io, ask(exchange, request, outcome), asio::detached);
    io.poll();
    for (const auto piece : pieces) {
        if (pair.write(piece) != piece.size()) break;
        io.restart();
        io.poll();
    }
    pair.end();
    io.restart();
    io.poll();
    require(outcome.done);
    return outcome;
}

void check_length(const http::Request& request, const http::Response& answer) {
    require(answer.status >= 101 && answer.status <= 999);
    const auto* const length = answer.header("content-length");
    const bool bodiless = request.method == "HEAD" || answer.status == 204 || answer.status == 304;
    if (bodiless) return require(answer.body.empty());
    if (length == nullptr || answer.header("transfer-encoding") != nullptr || answer.status == 101) return;
    std::size_t said = 0;
    const auto [end, failure] = std::from_chars(length->data(), length->data() + length->size(), said);
    require(failure == std::errc{} && said == answer.body.size());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto stream = fuzz::text_of(data, size);
    if (stream.empty()) return 0;
    http::Request request;
    request.method = stream.front() == 'H' ? "HEAD" : stream.front() == 'P' ? "POST" : "GET";
    stream.remove_prefix(1);
    const auto pieces = fuzz::cut(stream);
    const auto whole = play(request, {stream});
    const auto cut = play(request, pieces);
    // Whether a header of just the limit is too long depends on how much of it is there at once.
    if (stream.size() > http::header_limit) return 0;
    require(whole.failed == cut.failed);
    if (cut.failed) return 0;
    require(whole.answer.status == cut.answer.status && whole.answer.headers == cut.answer.headers &&
            whole.answer.body == cut.answer.body);
    check_length(request, cut.answer);
    return 0;
}
