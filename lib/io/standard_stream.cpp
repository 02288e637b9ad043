// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "io/standard_stream.hpp"

#include "core/error.hpp"

#include <boost/asio/use_awaitable.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

namespace thv {

namespace {

constexpr std::size_t piece = 64U << 10U;

int duplicate(int fd) {
    const int own = ::fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (own < 0) throw Error{Fault::internal, fmt::format("cannot use descriptor {}: {}", fd, std::strerror(errno))};
    return own;
}

bool is_socket(int fd) {
    struct stat status{};
    return ::fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode);
}

int new_set() {
    const int set = ::epoll_create1(EPOLL_CLOEXEC);
    if (set < 0) throw Error{Fault::internal, fmt::format("cannot make an epoll set: {}", std::strerror(errno))};
    return set;
}

bool ready_now(int fd, short events) {
    pollfd poll_for{.fd = fd, .events = events, .revents = 0};
    return ::poll(&poll_for, 1, 0) == 1;
}

} // namespace

Readiness::Readiness(const asio::any_io_executor& executor, int fd, std::uint32_t events)
    : set_(executor, new_set()) {
    epoll_event event{};
    event.events = events;
    if (::epoll_ctl(set_.native_handle(), EPOLL_CTL_ADD, fd, &event) == 0) return;
    if (errno != EPERM)
        throw Error{Fault::internal, fmt::format("cannot wait for descriptor {}: {}", fd, std::strerror(errno))};
    always_ = true;
}

Task<> Readiness::wait() {
    if (always_) co_return;
    co_await set_.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
}

InputStream::InputStream(const asio::any_io_executor& executor, int fd)
    : fd_(duplicate(fd))
    , readiness_(executor, fd_.get(), EPOLLIN) {}

Task<std::string> InputStream::read() {
    for (;;) {
        while (!ready_now(fd_.get(), POLLIN)) // an event may be an old one
            co_await readiness_.wait();
        std::string bytes(piece, '\0');
        const auto got = ::read(fd_.get(), bytes.data(), bytes.size());
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        co_return bytes;
    }
}

OutputStream::OutputStream(const asio::any_io_executor& executor, int fd)
    : fd_(duplicate(fd))
    , readiness_(executor, fd_.get(), EPOLLOUT)
    , is_socket_(is_socket(fd)) {}

Task<bool> OutputStream::write(std::string bytes) {
    for (std::size_t done = 0; done < bytes.size();) {
        // A pipe that is ready takes PIPE_BUF bytes without blocking, and no more for certain.
        while (!is_socket_ && !ready_now(fd_.get(), POLLOUT))
            co_await readiness_.wait();
        const auto* const from = bytes.data() + done;
        const auto left = bytes.size() - done;
        const auto sent = is_socket_ ? ::send(fd_.get(), from, left, MSG_DONTWAIT | MSG_NOSIGNAL)
                                     : ::write(fd_.get(), from, std::min<std::size_t>(left, PIPE_BUF));
        if (sent >= 0) {
            done += static_cast<std::size_t>(sent);
            continue;
        }
        if (errno == EINTR) continue;
        if (errno == EPIPE || errno == ECONNRESET) co_return false;
        if (errno != EAGAIN) throw Error{Fault::internal, fmt::format("cannot write: {}", std::strerror(errno))};
        co_await readiness_.wait();
    }
    co_return true;
}

} // namespace thv
