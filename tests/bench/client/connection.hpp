// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "answer.hpp"

#include <netinet/in.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

using Clock = std::chrono::steady_clock;

/// Where an MCP server is: http://ADDRESS:PORT/PATH, with an IPv4 address or "localhost".
struct Place {
    sockaddr_in address{};
    std::string host;
    std::string path;
};
/// Throws std::runtime_error for anything else.
Place place_of(std::string_view url);

/// Descriptors that are watched for bytes and for room, with what belongs to each.
class Poll {
public:
    Poll();
    ~Poll();
    Poll(const Poll&) = delete;
    Poll& operator=(const Poll&) = delete;

    void add(int fd, void* owner);
    void remove(int fd);
    /// Calls visit(owner) for each descriptor on which something happened (it is reported once: read and write until
    /// there is nothing more to do). False when the time was over first.
    template <typename Visit>
    bool wait(Clock::time_point until, Visit visit) {
        const int found = wait_for_some(until);
        for (int index = 0; index < found; ++index)
            visit(owner(index));
        return found != 0;
    }

private:
    struct Events;
    int wait_for_some(Clock::time_point until);
    void* owner(int index) const;

    int fd_;
    Events* events_;
};

/// One connection to an HTTP server: requests go out one at a time, answers come in.
class Connection {
public:
    enum class State { closed, open, whole };

    ~Connection() { close(); }
    Connection() = default;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Begins to connect. Throws std::runtime_error when there are no descriptors left.
    void open(Poll& poll, const Place& place);
    void close();
    bool is_open() const { return fd_ >= 0; }
    /// Sends as much as fits; the rest goes with `work`. Before an answer has come there is no second request.
    void send(std::string_view request);
    /// Does what can be done now. `whole`: the answer is there, until `next`. `closed`: it ended first.
    State work();
    /// Whether the connection has been made.
    bool connected();
    AnswerReader& answer() { return answer_; }
    /// After an answer. The connection is closed if the server wants that.
    void next();

private:
    bool write_some();

    int fd_ = -1;
    Poll* poll_ = nullptr;
    std::string out_;
    std::size_t sent_ = 0;
    AnswerReader answer_;
};

/// CPU seconds that this process has used.
double own_cpu();

} // namespace bench
