// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/time.hpp"
#include "io/task.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace thv {

/// A program to run to its end. Its stderr is ours. It gets a process group of its own, and no descriptor but the
/// standard three.
struct Command {
    std::vector<std::string> arguments;   ///< the first is the program: a path, or a name to look up in PATH
    std::vector<std::string> environment; ///< "NAME=value", all that it gets; PATH is looked up here
    bool interactive = false;             ///< shares our stdin and gets the terminal while it runs; else stdin is empty
    std::size_t output_limit = 1U << 20U; ///< bytes of stdout
    Duration deadline = std::chrono::seconds{60};
};
struct CommandResult {
    int exit_code = 0; ///< 128 + signal when a signal ended it
    std::string output;
};

/// Runs it. When it writes too much (Fault::internal), takes too long (Fault::timed_out), or when the task is
/// cancelled, its whole process group is killed. What it leaves behind in the background at a normal end is let be.
/// Fault::not_found when there is no such program, Fault::denied when it may not be run. Messages name the program and
/// quote neither arguments nor output.
Task<CommandResult> run_command(Command command);

} // namespace thv
