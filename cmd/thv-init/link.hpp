// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "clock.hpp"
#include "engine/init_wire.hpp"

#include <sys/un.h>

namespace thv::init {

/// The connection to the supervisor, or the want of one.
class Link {
public:
    /// `program` is the path of this program: the socket is beside it.
    explicit Link(const char* program);

    /// 0, or the errno of why there is no connection.
    int connect();
    bool open() const { return fd_ >= 0; }
    int fd() const { return fd_; }
    void close();

    /// Sends one packet, with two descriptors when `fds` is not null. A supervisor that takes no packets loses its
    /// connection.
    void send(const init_wire::Packet& packet, const int* fds = nullptr);
    /// The next packet, if there is one; the connection is closed when it has ended or what came is none.
    bool receive(init_wire::Packet& packet);
    /// Waits for a packet to come, at most so long.
    bool wait(int milliseconds);

    /// When to try to connect again; `never` while there is a connection.
    int64_t next_attempt() const { return open() ? never : next_attempt_; }
    /// Tries to connect again if it is time to.
    bool reconnect(int64_t now);

private:
    sockaddr_un address_{};
    int fd_ = -1;
    int64_t next_attempt_ = 0;
    int64_t pause_ = 0;
};

} // namespace thv::init
