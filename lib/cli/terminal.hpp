// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/text.hpp"
#include "io/environment.hpp"

#include <optional>
#include <string>

namespace thv::cli {

/// What is known of the three standard streams.
struct Terminal {
    bool in = false;     ///< stdin is a terminal: questions can be asked
    bool out = false;    ///< stdout is a terminal
    bool err = false;    ///< stderr is a terminal
    bool colour = false; ///< messages on stderr may be coloured
    int width = 80;      ///< columns of the terminal, when stdout is one
};

/// Occupies standard descriptors that the caller has closed, so that nothing opened later gets their numbers and with
/// them what was meant for a person. Reading from them, or writing to them, fails.
void reserve_standard_streams();

/// Colour: NO_COLOR forbids it, CLICOLOR_FORCE asks for it, CLICOLOR=0 and TERM=dumb forbid it, a terminal allows it;
/// the first that says something counts. The width is COLUMNS, or the terminal's own.
Terminal terminal_of_process(const Environment& environment);

/// A line of the terminal that is stdin, which does not show it; none when it has ended. Ctrl-C comes as a character
/// meanwhile, and is Fault::interrupted: waiting for a line keeps signals from being handled.
std::optional<std::string> read_hidden_line();

} // namespace thv::cli
