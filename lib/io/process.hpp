// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/time.hpp"
#include "io/files.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace thv {

/// What /proc says of a process; used to be sure that a PID from a file is still the process that wrote it.
struct ProcessInfo {
    int pid = 0;
    std::vector<std::string> arguments;
    long long start_ticks = 0; ///< since boot, in clock ticks: with the PID, what identifies a process
    Time started;              ///< the same as wall-clock time, good to about a second
};
/// None when there is no such process (or only its zombie).
std::optional<ProcessInfo> process_info(int pid);

/// Signals a process through a pidfd, after `info` has been checked again behind the pidfd, so that a reused PID is
/// never hit. False when the process is gone or is another one now.
bool signal_process(const ProcessInfo& info, int signal);

/// A detached child: a session of its own, stdin null, stdout and stderr appended to `log` (made 0600), the given
/// descriptor kept open in it as `inherited`'s number. Nothing else is inherited.
struct Spawn {
    std::vector<std::string> arguments; ///< the first is the program's path
    std::filesystem::path log;
    std::vector<int> inherited; ///< descriptors the child keeps, under the same numbers
    /// "NAME=value", in place of this process's own, of which it gets all but the confidential ones.
    std::vector<std::string> environment;
};
/// Returns the child's PID. Throws when the program cannot be executed.
int spawn_detached(const Spawn& spawn);

/// What exec and its like take as arguments or environment: a pointer to each, and a null one. They live as long as the
/// strings.
std::vector<char*> argument_pointers(std::vector<std::string>& strings);

/// The path of this executable.
std::filesystem::path own_executable();

/// Whether this program may load shared libraries. One that is linked statically may not: they would bring a second C
/// library, of another version.
bool may_load_libraries();

} // namespace thv
