// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Internal to lib/http.

#include "http/request_parser.hpp"
#include "http/server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace thv::http {

/// Sockets with the executor's real type: the type-erased one costs on every operation.
using ServerSocket = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;
using Clock = std::chrono::steady_clock;

class ServerConnection;

/// Whom a connection counts for: the address of another machine, or "local".
std::string peer_key(const asio::ip::address& address);

struct Server::Impl : std::enable_shared_from_this<Server::Impl> {
    Impl(asio::io_context& io, Handler& on_request, ServerLimits allowed);

    void accept();
    void take(ServerSocket socket);
    /// A connection has ended.
    void forget(ServerConnection& connection, const std::string& peer);
    void wait_for_tick();
    void tick();
    void drain();
    void close();
    /// The connections of now; what is done to one may end it.
    std::vector<std::shared_ptr<ServerConnection>> present() const;

    asio::io_context& context;
    Handler& handler;
    ServerLimits limits;
    asio::basic_socket_acceptor<asio::ip::tcp, asio::io_context::executor_type> acceptor;
    asio::steady_timer timer;
    Clock::time_point now =
        Clock::now(); ///< as of the last tick: limits are seconds, a clock call per request is not free
    std::string date; ///< the Date line of answers
    std::unordered_map<ServerConnection*, std::shared_ptr<ServerConnection>> connections;
    std::unordered_map<std::string, std::size_t> peers; ///< how many connections each has
    bool accept_later = false;
    bool draining = false;
    bool closed = false;
};

/// One client. A state machine on callbacks: this is the hot path, and a coroutine frame per read and write showed.
class ServerConnection final : public Visit, public std::enable_shared_from_this<ServerConnection> {
public:
    ServerConnection(std::shared_ptr<Server::Impl> server, ServerSocket socket, std::string peer);

    void start();
    /// Ends what has taken too long.
    void tick();
    /// No request after the one in progress.
    void drain();
    /// Closes now; the handler is told of a request in progress.
    void drop();
    /// Sends one answer without having read a request, and closes.
    void refuse(int status, std::string_view fields);

    std::string_view method() const override { return request_.method(); }
    std::string_view target() const override { return request_.target(); }
    std::optional<std::string_view> header(std::string_view lower_name) const override {
        return request_.find(lower_name);
    }
    std::size_t header_count(std::string_view lower_name) const override { return request_.count(lower_name); }
    std::size_t fields() const override { return request_.places.size(); }
    Field field(std::size_t index) const override { return request_.field(index); }
    std::string_view body() const override { return request_.body; }

    void answer(int status, std::string_view fields, Parts body) override;
    void start(int status, std::string_view fields) override;
    bool send(Parts bytes) override;
    bool started() const override { return started_; }
    std::size_t queued() const override { return out_.size() + sending_.size() - sent_; }
    void finish() override;
    void abort() override { doom(); }

private:
    enum class Phase : std::uint8_t { idle, head, body, busy, lingering };

    std::size_t largest_buffer() const;
    void read();
    void on_read(boost::system::error_code failure, std::size_t count);
    void parse();
    bool parse_some();
    void write_head(int status, std::string_view fields);
    void put_body(Parts body, std::size_t size);
    std::size_t write_now(Parts body);
    void flush();
    void on_written(boost::system::error_code failure, std::size_t count);
    void all_written();
    void done();
    void doom();
    void enter(Phase phase);
    void linger();
    bool body_too_slow() const;

    std::shared_ptr<Server::Impl> server_;
    ServerSocket socket_;
    std::string peer_;
    InboundRequest request_;
    std::optional<RequestParser> parser_;
    std::string in_; ///< the read buffer
    std::size_t in_begin_ = 0;
    std::size_t in_end_ = 0;
    std::string out_;      ///< to be sent next
    std::string sending_;  ///< being sent
    std::size_t sent_ = 0; ///< of it
    std::size_t discarded_ = 0;
    Clock::time_point deadline_;
    Clock::time_point stall_deadline_;
    Clock::time_point body_began_;
    Phase phase_ = Phase::idle;
    bool reading_ = false;
    bool writing_ = false;
    bool parsing_ = false;
    bool started_ = false;
    bool chunked_ = false;
    bool keep_alive_ = true;
    bool head_only_ = false;
    bool last_ = false; ///< close when all is written
    bool doomed_ = false;
    bool dropped_ = false;
};

} // namespace thv::http
