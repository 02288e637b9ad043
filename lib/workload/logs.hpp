// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/name.hpp"
#include "core/time.hpp"
#include "io/task.hpp"

#include <functional>
#include <optional>
#include <string_view>

namespace thv {

enum class LogSource { server, proxy };

struct TailOptions {
    LogSource source = LogSource::server;
    std::optional<int> lines = {}; ///< the last so many; none: all
    std::optional<Time> since = {};
    bool follow = false;
    bool timestamps = false;
    bool previous = false; ///< of the container before the last restart; only a cluster keeps it
    /// Gets a line for a person where there is nothing to read yet: why.
    std::function<void(std::string_view line)> notice = {};
};

/// One line of a log, without its newline.
struct LogLine {
    std::string_view text;
    bool to_stderr = false;       ///< which stream the server wrote it to, where that is known
    std::string_view origin = {}; ///< who wrote it ("pod/fetch-0/mcp") when several are read together
};
using LineSink = std::function<void(const LogLine& line)>;

struct Logs {
    static constexpr std::string_view noun = "reading logs";
    virtual ~Logs() = default;
    /// Ends at the end of the log, or with `follow` when the workload is gone or the task is cancelled.
    virtual Task<> tail(WorkloadName name, TailOptions options, LineSink sink) = 0;
};

} // namespace thv
