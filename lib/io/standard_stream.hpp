// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/files.hpp"
#include "io/task.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace thv {

/// Waits until a descriptor can be used. Asio would make it non-blocking for that, so it waits for an epoll set instead
/// of which the descriptor is a member.
class Readiness {
public:
    /// `events` as epoll_ctl takes them. `fd` must outlive this.
    Readiness(const asio::any_io_executor& executor, int fd, std::uint32_t events);
    Task<> wait();

private:
    asio::posix::stream_descriptor set_;
    bool always_ = false; ///< files are always ready, and no set takes them
};

/// Reads and writes descriptors that were given to this process (stdin, stdout) without blocking the thread and without
/// making them non-blocking, which would change them for every other process that has them too. Pipes, sockets,
/// terminals and files.
class InputStream {
public:
    /// Uses a duplicate of `fd`.
    InputStream(const asio::any_io_executor& executor, int fd);
    /// The next bytes, at most 64 KiB; empty at the end, which a broken terminal or socket is too.
    Task<std::string> read();

private:
    Fd fd_;
    Readiness readiness_;
};

class OutputStream {
public:
    OutputStream(const asio::any_io_executor& executor, int fd);
    /// False when nobody reads any more. Throws Fault::internal for any other failure, such as a full disk.
    Task<bool> write(std::string bytes);

private:
    Fd fd_;
    Readiness readiness_;
    bool is_socket_;
};

} // namespace thv
