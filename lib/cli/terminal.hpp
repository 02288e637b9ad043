// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/environment.hpp"

#include <optional>
#include <string>
#include <string_view>

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

/// Text from a container or a file made harmless for a terminal: control characters, escape sequences included, become
/// '?'; tabs and newlines become a space.
std::string printable(std::string_view text);

/// A line of somebody's log for a terminal: colours (ESC [ … m) and tabs stay, all other control characters become '?'.
std::string printable_log(std::string_view line);

/// The number of characters of a UTF-8 text.
std::size_t width_of(std::string_view text);

/// At most `width` characters of the text, the last of them '…' when something was cut off.
std::string shorten(std::string_view text, std::size_t width);

} // namespace thv::cli
