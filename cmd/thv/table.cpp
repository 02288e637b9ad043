// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/commands.hpp"
#include "thv/mcp_commands.hpp"

namespace thv::commands {

namespace {

// One line per command, sorted by name.
// clang-format off
constexpr cli::Entry entries[]{
    cli::command<GroupCreate>(),
    cli::command<GroupList>(),
    cli::command<GroupMove>(),
    cli::command<GroupRemove>(),
    cli::command<List>(),
    cli::command<ShowLogs>(),
    cli::command<McpCall>(),
    cli::command<McpList>(),
    cli::command<Restart>(),
    cli::command<Remove>(),
    cli::command<Run>(),
    cli::command<RuntimeCheck>(),
    cli::command<Start>(),
    cli::command<Status>(),
    cli::command<Stop>(),
    cli::command<Version>(),
};
// clang-format on

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
