// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "io/standard_stream.hpp"

#include "core/error.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <memory>

namespace thv {

namespace {

constexpr std::size_t piece = 64U << 10U;
constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

int duplicate(int fd) {
    const int own = ::fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (own < 0) throw Error{Fault::internal, fmt::format("cannot use descriptor {}: {}", fd, std::strerror(errno))};
    return own;
}

bool is_socket(int fd) {
    struct stat status{};
    return ::fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode);
}

/// Files are always ready, and what reports readiness knows nothing of them.
void check(boost::system::error_code failure) {
    if (failure && failure != asio::error::operation_not_supported) throw boost::system::system_error{failure};
}

bool writable_now(int fd) {
    pollfd poll_for{.fd = fd, .events = POLLOUT, .revents = 0};
    return ::poll(&poll_for, 1, 0) == 1 && (poll_for.revents & (POLLOUT | POLLERR | POLLNVAL)) != 0;
}

} // namespace

InputStream::InputStream(const asio::any_io_executor& executor, int fd)
    : descriptor_(executor, duplicate(fd)) {}

Task<std::string> InputStream::read() {
    for (;;) {
        const auto [failure] = co_await descriptor_.async_wait(asio::posix::stream_descriptor::wait_read, as_tuple);
        check(failure);
        std::string bytes(piece, '\0');
        const auto got = ::read(descriptor_.native_handle(), bytes.data(), bytes.size());
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        co_return bytes;
    }
}

OutputStream::OutputStream(const asio::any_io_executor& executor, int fd)
    : descriptor_(executor, duplicate(fd))
    , is_socket_(is_socket(fd)) {}

Task<bool> OutputStream::write(std::string bytes) {
    const int fd = descriptor_.native_handle();
    for (std::size_t done = 0; done < bytes.size();) {
        // A pipe that is ready takes PIPE_BUF bytes without blocking, and no more for certain.
        if (!is_socket_ && !writable_now(fd)) {
            const auto [failure] =
                co_await descriptor_.async_wait(asio::posix::stream_descriptor::wait_write, as_tuple);
            check(failure);
        }
        const auto* const from = bytes.data() + done;
        const auto left = bytes.size() - done;
        const auto sent = is_socket_ ? ::send(fd, from, left, MSG_DONTWAIT | MSG_NOSIGNAL)
                                     : ::write(fd, from, std::min<std::size_t>(left, PIPE_BUF));
        if (sent >= 0) {
            done += static_cast<std::size_t>(sent);
            continue;
        }
        if (errno == EINTR) continue;
        if (errno == EPIPE || errno == ECONNRESET) co_return false;
        if (errno != EAGAIN) throw Error{Fault::internal, fmt::format("cannot write: {}", std::strerror(errno))};
        const auto [failure] = co_await descriptor_.async_wait(asio::posix::stream_descriptor::wait_write, as_tuple);
        check(failure);
    }
    co_return true;
}

} // namespace thv
