// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "core/time.hpp"
#include "io/environment.hpp"
#include "io/files.hpp"
#include "io/task.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace thv {

/// What a starting supervisor tells the command that started it, over a pipe: one line, either the URL or why not.
std::string ready_line(const std::string& url);
std::string failure_line(const Error& error);
/// The URL; throws the error that the line holds, or Fault::internal for anything else.
std::string url_from_line(std::string_view line);

/// The environment that a supervisor is started with; absent when a person typed the command.
struct Launched {
    std::optional<Fd> report_to;      ///< where the line goes
    std::optional<Duration> patience; ///< for the server's first answer
    static Launched from(const Environment& environment);
};

/// The environment of a supervisor, with the confidential variables in it that its starter has handed over through a
/// descriptor; any other process's own environment. Reads them once. Throws Fault::internal when they cannot be read.
Environment with_handed_over(Environment environment);

/// Starts `thv start NAME --foreground` detached and waits for its line.
struct Launch {
    std::string name;
    std::filesystem::path log;
    Duration patience;
    std::map<std::string, std::string> confidential = {}; ///< variables that are handed over
};
struct Launching {
    int pid = 0;
    Fd answer;
};
Launching launch(const Launch& launch);
/// The URL when the workload is ready. Throws its error; Fault::internal with the end of the log when the supervisor
/// died without a word.
Task<std::string> await_ready(Launching& launching, Launch launch);

} // namespace thv
