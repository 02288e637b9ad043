// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/globals.hpp"
#include "cli/help.hpp"

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace thv::cli {

/// What a command line asks for: a command to run, or, without one, a text to print.
struct Invocation {
    std::unique_ptr<Bound> command;
    std::string text;
    Globals globals;
};

/// Reads a command line (without the program's name). Throws Fault::usage for unknown commands and flags, with what may
/// have been meant.
Invocation parse(const Program& program, std::vector<std::string> words);

/// Puts the ports in place that commands may ask for. What it returns owns them: it is destroyed when the command has
/// ended, before the event loop is.
using Offer = std::function<std::shared_ptr<void>(Ports& ports, const Globals& globals)>;

/// Parses, runs, and turns every failure into text on stderr and an exit code; the only place that does. Runs an event
/// loop until the command has ended; SIGINT and SIGTERM cancel the command and give 130 and 143.
int dispatch(const Program& program, std::vector<std::string> words, Console& console, const Offer& offer);

/// Says what went wrong, and returns the exit code for it. `signal`: the one that cancelled the command, or 0.
int explain(const std::exception_ptr& failure, int signal, Console& console);

} // namespace thv::cli
