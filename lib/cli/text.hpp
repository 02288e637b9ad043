// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace thv::cli {

/// Text from a container or a file made harmless for a terminal: control characters, escape sequences included, and
/// those that turn the direction of what follows become '?'; tabs and newlines become a space.
std::string printable(std::string_view text);

/// A line of somebody's log for a terminal: colours (ESC [ … m) and tabs stay, all else is as printable() has it.
std::string printable_log(std::string_view line);

/// Several lines for a terminal: newlines and tabs stay, all else is as printable() has it.
std::string printable_lines(std::string_view text);

/// How many columns of a terminal a UTF-8 text takes: two for a wide character (East Asian Width W and F), none for a
/// combining one. A byte that is not UTF-8 takes one.
std::size_t width_of(std::string_view text);

/// The text in at most so many columns, with '…' at its end when something was cut off. What a person sees as one
/// character (an extended grapheme cluster) is never cut in two.
std::string shorten(std::string_view text, std::size_t width);

} // namespace thv::cli
