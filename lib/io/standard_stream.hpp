// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/files.hpp"
#include "io/task.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <string>
#include <string_view>

namespace thv {

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
    asio::posix::stream_descriptor descriptor_;
};

class OutputStream {
public:
    OutputStream(const asio::any_io_executor& executor, int fd);
    /// False when nobody reads any more. Throws Fault::internal for any other failure, such as a full disk.
    Task<bool> write(std::string bytes);

private:
    asio::posix::stream_descriptor descriptor_;
    bool is_socket_;
};

} // namespace thv
