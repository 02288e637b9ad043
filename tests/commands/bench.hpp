// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/console.hpp"
#include "cli/ports.hpp"
#include "io/environment.hpp"
#include "support/fake_engine.hpp"

#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace thv::test {

/// A place to try the whole command line on: a fake engine, an environment, and somebody who types and reads.
struct Bench {
    struct Answer {
        int code = 0;
        std::string out;
        std::string err;
        bool operator==(const Answer&) const = default;
    };

    FakeEngine engine;
    Environment environment;
    cli::Terminal terminal;                ///< by default nothing is a terminal
    std::deque<std::string> typed;         ///< the lines that stdin holds
    std::function<void(cli::Ports&)> lend; ///< more ports

    /// Runs `thv WORDS…`.
    Answer thv(std::vector<std::string> words);
};

std::ostream& operator<<(std::ostream& stream, const Bench::Answer& answer);

/// The bytes of a file under tests/golden, or, with THV_ACCEPT=1 in the environment, `actual`, which is written there.
std::string golden(const std::string& name, const std::string& actual);

} // namespace thv::test
