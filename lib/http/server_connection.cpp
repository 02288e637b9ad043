// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "http/server_connection.hpp"

#include "core/text.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/http/error.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace thv::http {

namespace {

constexpr std::size_t small_buffer = 4U << 10U;
constexpr std::size_t large_buffer = 64U << 10U;
constexpr std::size_t kept_buffer = 256U << 10U;
constexpr std::size_t pipelined_limit = 16U << 10U; // read ahead while a request is being answered
constexpr std::size_t discard_limit = 16U << 20U;
constexpr auto linger_time = std::chrono::seconds{2};

} // namespace

ServerConnection::ServerConnection(std::shared_ptr<Server::Impl> server, ServerSocket socket, std::string peer)
    : server_(std::move(server))
    , socket_(std::move(socket))
    , peer_(std::move(peer)) {}

void ServerConnection::start() {
    boost::system::error_code ignored; // a connection without the option works as well
    socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
    socket_.non_blocking(true, ignored);
    enter(Phase::idle);
    read();
}

void ServerConnection::enter(Phase phase) {
    const auto& limits = server_->limits;
    phase_ = phase;
    switch (phase) {
    case Phase::idle:
        deadline_ = server_->now + limits.idle_time;
        break;
    case Phase::head:
        deadline_ = server_->now + limits.header_time;
        break;
    case Phase::body:
        body_began_ = server_->now;
        deadline_ = server_->now + limits.body_time;
        break;
    case Phase::busy:
        deadline_ = Clock::time_point::max();
        break;
    case Phase::lingering:
        deadline_ = server_->now + linger_time;
        break;
    }
}

void ServerConnection::tick() {
    if (phase_ == Phase::idle) request_.clear(); // its body may have been large, and the next one may not come soon
    if (writing_ && server_->now > stall_deadline_) return drop();
    if (phase_ == Phase::busy && started_ && server_->now >= believed_until()) return drop();
    if (server_->now <= deadline_ && !body_too_slow()) return;
    if (phase_ == Phase::head || phase_ == Phase::body)
        refuse(408, {});
    else
        drop();
}

bool ServerConnection::body_too_slow() const {
    if (phase_ != Phase::body) return false;
    const auto& limits = server_->limits;
    const auto took = server_->now - body_began_;
    if (took < limits.body_grace) return false;
    const auto least = std::chrono::duration<double>(took).count() * static_cast<double>(limits.body_rate);
    return static_cast<double>(request_.body.size()) < least;
}

void ServerConnection::drain() {
    keep_alive_ = false;
    if (phase_ == Phase::idle && queued() == 0) drop();
}

// The parser wants a header in one piece.
std::size_t ServerConnection::largest_buffer() const {
    return phase_ == Phase::head ? std::max(large_buffer, server_->limits.header_bytes + 1) : large_buffer;
}

// The read buffer is left alone while a read into it is under way.
void ServerConnection::read() {
    if (reading_ || doomed_) return;
    if (phase_ == Phase::busy && in_end_ - in_begin_ >= pipelined_limit) return;
    if (in_begin_ == in_end_) {
        in_begin_ = in_end_ = 0;
        if (phase_ == Phase::idle && in_.size() > large_buffer / 4) release(in_);
    } else if (in_begin_ != 0) {
        std::copy(in_.begin() + static_cast<std::ptrdiff_t>(in_begin_),
                  in_.begin() + static_cast<std::ptrdiff_t>(in_end_), in_.begin());
        in_end_ -= in_begin_;
        in_begin_ = 0;
    }
    if (in_.empty())
        in_.resize(small_buffer);
    else if (in_end_ == in_.size() || (phase_ == Phase::body && in_.size() < large_buffer))
        in_.resize(std::min(in_.size() * 4, largest_buffer()));
    reading_ = true;
    socket_.async_read_some(asio::buffer(in_.data() + in_end_, in_.size() - in_end_),
                            [self = shared_from_this()](boost::system::error_code failure, std::size_t count) {
                                self->on_read(failure, count);
                            });
}

void ServerConnection::on_read(boost::system::error_code failure, std::size_t count) {
    reading_ = false;
    if (dropped_) return;
    if (failure) return drop();
    if (phase_ == Phase::lingering) {
        discarded_ += count;
        if (discarded_ > discard_limit) return drop();
        return read();
    }
    in_end_ += count;
    parse();
}

void ServerConnection::parse() {
    if (parsing_) return; // an answer given within Handler::request: the loop below goes on
    parsing_ = true;
    while (!doomed_ && !last_ && phase_ != Phase::busy && in_begin_ != in_end_ && parse_some()) {
    }
    parsing_ = false;
    read();
}

// False when more must be read first.
bool ServerConnection::parse_some() {
    if (phase_ == Phase::idle) {
        // An empty line before a request is to be ignored (RFC 9112, 2.2).
        while (in_begin_ != in_end_ && (in_[in_begin_] == '\r' || in_[in_begin_] == '\n'))
            ++in_begin_;
        if (in_begin_ == in_end_) return false;
        request_.clear();
        parser_.emplace(request_, server_->limits);
        enter(Phase::head);
    }
    boost::beast::error_code failure;
    const auto taken = parser_->put(asio::const_buffer{in_.data() + in_begin_, in_end_ - in_begin_}, failure);
    in_begin_ += taken;
    const bool need_more = failure == boost::beast::http::error::need_more;
    if (failure && !need_more) {
        refuse(RequestParser::status_of(failure), {});
        return false;
    }
    if (phase_ == Phase::head && parser_->is_header_done()) {
        enter(Phase::body);
        if (request_.expects_continue && !parser_->is_done()) {
            out_ += "HTTP/1.1 100 Continue\r\n\r\n";
            flush();
        }
    }
    // A line between the chunks of a body that does not even fit into the buffer.
    if (need_more && in_end_ - in_begin_ >= largest_buffer()) {
        refuse(phase_ == Phase::head ? 431 : 400, {});
        return false;
    }
    if (!parser_->is_done()) return !need_more && taken != 0;
    keep_alive_ = parser_->keep_alive() && !server_->draining;
    head_only_ = request_.method() == "HEAD";
    started_ = false;
    forget_principal();
    enter(Phase::busy);
    server_->handler.request(*this);
    return true;
}

void ServerConnection::refuse(int status, std::string_view fields) {
    phase_ = Phase::busy; // so that `answer` is in order; the handler knows nothing of it
    keep_alive_ = false;
    head_only_ = false;
    server_->handler.rejected(status);
    answer(status, fields, Parts{});
}

void ServerConnection::write_head(int status, std::string_view fields) {
    fmt::format_to(std::back_inserter(out_), "HTTP/1.1 {} {}\r\n{}{}{}", status, reason_phrase(status), server_->date,
                   keep_alive_ ? "" : "Connection: close\r\n", fields);
}

void ServerConnection::answer(int status, std::string_view fields, Parts body) {
    if (doomed_ || phase_ != Phase::busy) return;
    write_head(status, fields);
    std::size_t size = 0;
    for (const auto part : body)
        size += part.size();
    if (status != 204 && status != 304) fmt::format_to(std::back_inserter(out_), "Content-Length: {}\r\n", size);
    out_ += "\r\n";
    if (!head_only_ && status != 204 && status != 304) put_body(body, size);
    done();
}

/// Of a large body, only what the socket does not take at once is copied.
void ServerConnection::put_body(Parts body, std::size_t size) {
    std::size_t sent = 0;
    if (size >= large_buffer) {
        flush();
        if (!writing_ && !doomed_) sent = write_now(body);
        out_.reserve(out_.size() + size - sent);
    }
    for (auto part : body) {
        const auto gone = std::min(sent, part.size());
        sent -= gone;
        out_ += part.substr(gone);
    }
}

/// How many bytes the socket took. A failure shows again when the rest is written.
std::size_t ServerConnection::write_now(Parts body) {
    std::size_t sent = 0;
    for (auto part : body) {
        while (!part.empty()) {
            boost::system::error_code failure;
            const auto count = socket_.write_some(asio::const_buffer{part.data(), part.size()}, failure);
            sent += count;
            part.remove_prefix(count);
            if (failure) return sent;
        }
    }
    return sent;
}

void ServerConnection::start(int status, std::string_view fields) {
    if (doomed_ || phase_ != Phase::busy) return;
    started_ = true;
    head_only_ = head_only_ || status == 204 || status == 304;
    chunked_ = !head_only_ && request_.version >= 11;
    if (!chunked_ && !head_only_) keep_alive_ = false;
    write_head(status, fields);
    out_ += chunked_ ? "Transfer-Encoding: chunked\r\n\r\n" : "\r\n";
}

bool ServerConnection::send(Parts bytes) {
    if (doomed_) return false;
    if (queued() > server_->limits.stream_queue) {
        doom();
        return false;
    }
    std::size_t size = 0;
    for (const auto part : bytes)
        size += part.size();
    if (size != 0 && !head_only_) {
        if (chunked_) fmt::format_to(std::back_inserter(out_), "{:x}\r\n", size);
        for (const auto part : bytes)
            out_ += part;
        if (chunked_) out_ += "\r\n";
    }
    flush();
    return !doomed_;
}

void ServerConnection::finish() {
    if (doomed_ || phase_ != Phase::busy) return;
    if (chunked_) out_ += "0\r\n\r\n";
    done();
}

void ServerConnection::done() {
    last_ = !keep_alive_;
    enter(Phase::idle);
    flush();
    if (last_ || parsing_ || doomed_) return;
    if (in_begin_ == in_end_) return read();
    // The next request is here already; but answering must not call the handler.
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
        if (!self->dropped_) self->parse();
    });
}

// Writes at once what the socket takes; only the rest waits for the reactor.
void ServerConnection::flush() {
    if (writing_ || doomed_) return;
    for (;;) {
        if (sent_ == sending_.size()) {
            if (sending_.capacity() > kept_buffer) release(sending_);
            sending_.clear();
            sent_ = 0;
            if (out_.empty()) return all_written();
            sending_.swap(out_);
        }
        boost::system::error_code failure;
        const asio::const_buffer rest{sending_.data() + sent_, sending_.size() - sent_};
        sent_ += socket_.write_some(rest, failure);
        if (failure == asio::error::would_block) break;
        if (failure) return doom();
    }
    writing_ = true;
    stall_deadline_ = server_->now + server_->limits.stall_time;
    socket_.async_write_some(asio::const_buffer{sending_.data() + sent_, sending_.size() - sent_},
                             [self = shared_from_this()](boost::system::error_code failure, std::size_t count) {
                                 self->on_written(failure, count);
                             });
}

void ServerConnection::on_written(boost::system::error_code failure, std::size_t count) {
    writing_ = false;
    if (dropped_) return;
    if (failure) return drop();
    sent_ += count;
    flush();
    if (phase_ == Phase::busy && !doomed_ && queued() == 0) server_->handler.drained(*this);
}

void ServerConnection::all_written() {
    if (last_ && phase_ == Phase::idle) linger();
}

// Closing with unread input resets the connection, and the client might lose the answer; so that is read first.
void ServerConnection::linger() {
    boost::system::error_code ignored; // the client may be gone already
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    enter(Phase::lingering);
    in_begin_ = in_end_;
    read();
}

void ServerConnection::doom() {
    if (doomed_) return;
    doomed_ = true;
    asio::post(socket_.get_executor(), [self = shared_from_this()] { self->drop(); });
}

void ServerConnection::drop() {
    if (dropped_) return;
    const auto self = shared_from_this();
    dropped_ = true;
    doomed_ = true;
    boost::system::error_code ignored; // it is closed either way
    socket_.close(ignored);
    const bool busy = phase_ == Phase::busy;
    phase_ = Phase::idle;
    server_->forget(*this, peer_);
    if (busy) server_->handler.gone(*this);
}

} // namespace thv::http
