// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace bench {

// What the program measures. Each prints one line of JSON.

/// Calls on one session for some time, one after the other on each connection.
struct Steady {
    Place place;
    std::size_t connections = 1;
    std::chrono::duration<double> time{};
};
void run_steady(const Steady& wanted);

/// Calls on one session that are all sent at once, each on a connection of its own that is there already. What is not
/// answered within `patience` is lost.
struct Burst {
    Place place;
    std::size_t calls = 1;
    std::chrono::duration<double> patience{};
};
void run_burst(const Burst& wanted);

/// Opens sessions and says how many; after a line on stdin it opens the stream of each and says how many; after another
/// one it ends.
struct Hold {
    Place place;
    std::size_t sessions = 1;
    std::chrono::duration<double> patience{}; ///< for each of the two
};
void run_hold(const Hold& wanted);

/// Calls past any proxy, so many in flight, over a command's pipes or over an engine's attach stream.
struct Lines {
    std::size_t in_flight = 1;
    bool together = false; ///< calls that are due at once are one write, not one each
    std::chrono::duration<double> time{};
    std::string socket;                 ///< of the engine; none: it is a command
    std::string container;              ///< running, its stdin open
    std::vector<std::string> command{}; ///< of the server
};
void run_lines(const Lines& wanted);

/// How long calls took.
class Latencies {
public:
    void add(Clock::duration took) { list_.push_back(took); }
    std::size_t count() const { return list_.size(); }
    /// In milliseconds; 0 without any.
    double percentile(double share);

private:
    std::vector<Clock::duration> list_;
};

inline Clock::time_point after(std::chrono::duration<double> time) {
    return Clock::now() + std::chrono::duration_cast<Clock::duration>(time);
}
inline double seconds_since(Clock::time_point begun) {
    return std::chrono::duration<double>(Clock::now() - begun).count();
}

} // namespace bench
