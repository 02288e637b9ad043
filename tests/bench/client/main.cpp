// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// The client of tests/bench/proxy. Each answer is held to its call; the figures go to stdout as JSON.
#include "modes.hpp"

#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

namespace {

constexpr const char* usage = "usage: bench_client steady URL CONNECTIONS SECONDS\n"
                              "       bench_client burst URL CALLS PATIENCE_SECONDS\n"
                              "       bench_client hold URL SESSIONS PATIENCE_SECONDS\n"
                              "       bench_client attach each|together IN_FLIGHT SECONDS ENGINE_SOCKET CONTAINER\n"
                              "       bench_client pipes each|together IN_FLIGHT SECONDS COMMAND [ARG…]\n";

/// Of the modes "attach" and "pipes".
bench::Lines lines_of(const std::vector<std::string>& words) {
    bench::Lines wanted{.in_flight = std::stoul(words.at(2)),
                        .together = words.at(1) == "together",
                        .time = std::chrono::duration<double>{std::stod(words.at(3))},
                        .socket = {},
                        .container = {}};
    if (words[0] == "attach") {
        wanted.socket = words.at(4);
        wanted.container = words.at(5);
    } else {
        wanted.command = {words.begin() + 4, words.end()};
    }
    return wanted;
}

void run(const std::vector<std::string>& words) {
    using namespace bench;
    const auto& mode = words[0];
    const auto seconds = [&](std::size_t index) { return std::chrono::duration<double>{std::stod(words.at(index))}; };
    const auto count = [&](std::size_t index) { return static_cast<std::size_t>(std::stoul(words.at(index))); };
    if (mode == "steady")
        run_steady({.place = place_of(words.at(1)), .connections = count(2), .time = seconds(3)});
    else if (mode == "burst")
        run_burst({.place = place_of(words.at(1)), .calls = count(2), .patience = seconds(3)});
    else if (mode == "hold")
        run_hold({.place = place_of(words.at(1)), .sessions = count(2), .patience = seconds(3)});
    else if (mode == "attach" || mode == "pipes")
        run_lines(lines_of(words));
    else
        throw std::runtime_error("no such mode: " + mode);
}

/// As many connections as the system allows.
void lift_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fputs(usage, stderr);
        return 2;
    }
    std::signal(SIGPIPE, SIG_IGN);
    lift_descriptor_limit();
    try {
        run({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_client: %s\n", error.what());
        return 1;
    }
    return 0;
}
