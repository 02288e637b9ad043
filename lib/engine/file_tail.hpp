// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/task.hpp"
#include "workload/logs.hpp"

#include <filesystem>
#include <functional>

namespace thv::engine {

/// Feeds the lines of a log file to `sink`, each cut at 1 MiB. The last lines are found from the file's end, so that a
/// long log costs nothing. `since` compares the RFC 3339 time that a line begins with; a line without one goes with the
/// one before it. With `follow` it goes on when the file is truncated, replaced, or appears later, and returns when
/// `alive` says no and everything has been read. A missing file has no lines.
Task<> tail_file(std::filesystem::path path, TailOptions options, LineSink sink, std::function<bool()> alive);

} // namespace thv::engine
