// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/pipe_stdio.hpp"

#include "core/error.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace thv::engine {

namespace {

using boost::system::error_code;
constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

Task<bool> cancelled() {
    const auto state = co_await asio::this_coro::cancellation_state;
    co_return state.cancelled() != asio::cancellation_type::none;
}

/// The first process can be attached to again, so its descriptors stay where they are.
int lent(const InitProcess& process, Fd& fd) {
    const bool stays = process.number == init_wire::first_child;
    const int given = stays ? ::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0) : fd.release();
    if (given < 0) throw Error{Fault::internal, fmt::format("cannot use the server's pipes: {}", std::strerror(errno))};
    return given;
}

} // namespace

PipeStdio::PipeStdio(const asio::any_io_executor& executor, std::shared_ptr<InitLink> link,
                     const std::shared_ptr<InitProcess>& process, std::unique_ptr<LineMarks> marks)
    : link_(std::move(link))
    , process_(process)
    , marks_(std::move(marks))
    , in_(executor, lent(*process, process->to_stdin))
    , out_(executor, lent(*process, process->from_stdout))
    , end_line_(marks_ && marks_->writing())
    , skip_line_(marks_ && marks_->reading()) {
    process_->on_over = [this] { out_.cancel(); };
}

PipeStdio::~PipeStdio() {
    close();
}

void PipeStdio::interrupt() {
    interrupted_ = true;
    out_.cancel();
}

/// The bytes in the buffer, without what belongs to a line that somebody else has begun to read.
std::string PipeStdio::taken(std::size_t size) {
    std::string_view bytes{buffer_->data(), size};
    if (skip_line_) {
        const auto end = bytes.find('\n');
        if (end == std::string_view::npos) return {};
        skip_line_ = false;
        bytes.remove_prefix(end + 1);
    }
    if (marks_) marks_->set_reading(buffer_->at(size - 1) != '\n');
    return std::string{bytes};
}

/// What a process that has ended has left in its pipe, piece by piece; empty at the end.
std::string PipeStdio::drained() {
    while (true) {
        const auto got = ::read(out_.native_handle(), buffer_->data(), buffer_->size());
        if (got <= 0) return {};
        auto bytes = taken(static_cast<std::size_t>(got));
        if (!bytes.empty()) return bytes;
    }
}

Task<Stdio::Chunk> PipeStdio::read() {
    interrupted_ = false;
    while (!ended_ && !closed_) {
        if (process_->over) {
            // What it has started may hold its stdout open, so that there is no other end than this.
            auto rest = drained();
            ended_ = rest.empty();
            co_return Chunk{.bytes = std::move(rest)};
        }
        const auto [failure, got] = co_await out_.async_read_some(asio::buffer(*buffer_), as_tuple);
        if (!failure) {
            auto bytes = taken(got);
            if (bytes.empty()) continue;
            co_return Chunk{.bytes = std::move(bytes)};
        }
        const bool ours = co_await cancelled();
        if (ours) throw boost::system::system_error{failure};
        if (interrupted_) co_return Chunk{};
        if (failure != asio::error::operation_aborted) ended_ = true;
    }
    co_return Chunk{};
}

Task<> PipeStdio::write(std::string bytes) {
    if (bytes.empty()) co_return;
    if (std::exchange(end_line_, false)) bytes.insert(bytes.begin(), '\n');
    if (marks_) marks_->set_writing(true);
    const auto [failure, sent] = co_await asio::async_write(in_, asio::buffer(bytes), as_tuple);
    if (!failure) {
        if (marks_) marks_->set_writing(bytes.back() != '\n');
        co_return;
    }
    const bool ours = co_await cancelled();
    if (ours) throw boost::system::system_error{failure};
    throw Error{Fault::unreachable, fmt::format("the server's stdin is closed: {}", failure.message())};
}

void PipeStdio::close() {
    if (std::exchange(closed_, true)) return;
    process_->on_over = nullptr;
    error_code ignored; // closing is what was wanted
    in_.close(ignored);
    out_.close(ignored);
    if (process_->number != init_wire::first_child && !process_->over) link_->end(process_->number);
}

} // namespace thv::engine
