// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/commands.hpp"

namespace thv::commands {

namespace {

/// Sorted by name.
constexpr cli::Entry entries[]{
    cli::command<List>(),
    cli::command<Version>(),
};

} // namespace

const cli::Program& program() {
    static constexpr cli::Program value{
        .name = "thv",
        .version = THV_VERSION,
        .summary = "thv runs MCP servers in containers.",
        .examples = "thv run ghcr.io/acme/weather-mcp:1.4\nthv ls\nthv logs --follow weather",
        .footer = "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 some of several failed, 4 refused,\n"
                  "5 not found, 6 engine unreachable, 124 timed out, 130 and 143 interrupted.\n",
        .commands = entries,
    };
    return value;
}

} // namespace thv::commands
