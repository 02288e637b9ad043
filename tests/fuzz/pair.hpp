// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cuts.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace thv::fuzz {

/// Two ends of a connection within this process, neither of which blocks. What is not lent out is closed.
class Pair {
public:
    Pair() { require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends_.data()) == 0); }
    ~Pair() {
        for (const int end : ends_)
            if (end >= 0) ::close(end);
    }
    Pair(const Pair&) = delete;
    Pair& operator=(const Pair&) = delete;

    /// The end that is tested, which is the caller's from now on.
    int lend() { return std::exchange(ends_[0], -1); }

    /// How much of it was taken at once.
    std::size_t write(std::string_view bytes) {
        const auto sent = ::send(ends_[1], bytes.data(), bytes.size(), MSG_NOSIGNAL);
        return sent < 0 ? 0 : static_cast<std::size_t>(sent);
    }
    /// Everything that has arrived.
    std::string read() {
        std::string all;
        std::array<char, 4096> buffer{};
        while (true) {
            const auto got = ::recv(ends_[1], buffer.data(), buffer.size(), 0);
            if (got <= 0) return all;
            all.append(buffer.data(), static_cast<std::size_t>(got));
        }
    }
    void end() { ::shutdown(ends_[1], SHUT_WR); }

private:
    std::array<int, 2> ends_{-1, -1};
};

} // namespace thv::fuzz
