// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/attach.hpp"

#include "core/error.hpp"
#include "engine/log_frames.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/format.h>

#include <array>

namespace thv::engine {

namespace {

using boost::system::error_code;
using Socket = asio::local::stream_protocol::socket;
constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

Task<bool> cancelled() {
    const auto state = co_await asio::this_coro::cancellation_state;
    co_return state.cancelled() != asio::cancellation_type::none;
}

class AttachedStdio : public AttachStream {
public:
    AttachedStdio(Socket socket, std::string where)
        : socket_(std::move(socket))
        , where_(std::move(where))
        , buffer_(std::make_unique<Buffer>()) {}

    void take_early(std::string_view bytes) { frames_.feed(bytes, arrived_); }

    Task<Chunk> read() override {
        for (;;) {
            // One stream per call: what waits of the other one comes next, before the socket is read again.
            if (!arrived_.to_stdout.empty()) co_return take(false);
            if (!arrived_.to_stderr.empty()) co_return take(true);
            if (ended_) co_return Chunk{};
            const auto [failure, got] = co_await socket_.async_read_some(asio::buffer(*buffer_), as_tuple);
            if (failure) {
                co_await end(failure);
            } else {
                frames_.feed({buffer_->data(), got}, arrived_);
            }
        }
    }

    Task<> write(std::string bytes) override {
        const auto [failure, sent] = co_await asio::async_write(socket_, asio::buffer(bytes), as_tuple);
        if (!failure) co_return;
        const bool ours = co_await cancelled();
        if (ours) throw boost::system::system_error{failure};
        throw Error{Fault::unreachable, fmt::format("the server's stdin is closed: {}", failure.message())};
    }

    void close() override {
        error_code ignored; // closing a broken socket is what was wanted
        socket_.close(ignored);
    }

    Task<> readable() override {
        if (ended_ || !arrived_.to_stdout.empty() || !arrived_.to_stderr.empty()) co_return;
        co_await socket_.async_wait(Socket::wait_read, asio::use_awaitable);
    }

    void follow_stderr(std::function<void(std::string)> sink) override { stderr_ = std::move(sink); }

    void next_stderr() override {
        arrived_.to_stdout.clear();
        if (!arrived_.to_stderr.empty()) return stderr_(std::exchange(arrived_.to_stderr, {}));
        const std::weak_ptr<int> alive = alive_;
        socket_.async_read_some(asio::buffer(*buffer_), [this, alive](error_code failure, std::size_t got) {
            if (alive.expired() || failure) return;
            try {
                frames_.feed({buffer_->data(), got}, arrived_);
            } catch (const Error&) {
                return; // as good as the end of it
            }
            next_stderr();
        });
    }

private:
    using Buffer = std::array<char, 64U << 10U>;

    Chunk take(bool to_stderr) {
        auto& bytes = to_stderr ? arrived_.to_stderr : arrived_.to_stdout;
        return {.to_stderr = to_stderr, .bytes = std::exchange(bytes, {})};
    }

    Task<> end(error_code failure) {
        ended_ = true;
        const bool ours = co_await cancelled();
        if (ours) throw boost::system::system_error{failure};
        const bool orderly = failure == asio::error::eof && frames_.at_boundary();
        if (orderly || !socket_.is_open()) co_return;
        const auto why = failure == asio::error::eof ? std::string{"it ended within a frame"} : failure.message();
        throw Error{Fault::unreachable, fmt::format("the stdio stream of {} broke: {}", where_, why)};
    }

    Socket socket_;
    std::string where_;
    std::unique_ptr<Buffer> buffer_;
    LogFrames frames_;
    LogFrames::Output arrived_;
    std::function<void(std::string)> stderr_;
    std::shared_ptr<int> alive_ = std::make_shared<int>(); ///< tells a handler that outlives this that it does
    bool ended_ = false;
};

} // namespace

Task<std::unique_ptr<AttachStream>> stdio_over(http::Upgraded upgraded, std::string where) {
    Socket socket{co_await asio::this_coro::executor};
    socket.assign(asio::local::stream_protocol{}, upgraded.socket.release());
    auto stdio = std::make_unique<AttachedStdio>(std::move(socket), std::move(where));
    stdio->take_early(upgraded.early);
    co_return stdio;
}

Task<std::unique_ptr<AttachStream>> attach_stdio(std::shared_ptr<Api> api, std::string id) {
    auto upgraded = co_await api->hijack("/containers/" + id + "/attach?stream=1&stdin=1&stdout=1&stderr=1");
    auto stdio = co_await stdio_over(std::move(upgraded), to_string(api->endpoint()));
    co_return stdio;
}

} // namespace thv::engine
