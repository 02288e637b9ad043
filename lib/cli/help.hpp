// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/common_options.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace thv::cli {

/// A part of the manual: files, environment, …
struct Topic {
    std::string_view name;    ///< "thv help NAME" shows it
    std::string_view title;   ///< as the manual has it: "EXIT STATUS"
    std::string_view summary; ///< one line, lower case, no full stop
    std::string_view text;    ///< lines, shown as they are
};

/// A program: what its help says, and its commands, sorted by name.
struct Program {
    std::string_view name;
    std::string_view version;
    std::string_view summary;
    std::string_view examples;
    std::string_view footer;   ///< the exit codes
    std::string_view tagline;  ///< the summary in half a sentence, for the manual
    std::string_view see_also; ///< of the program's own manual page, as Doc has it
    std::string_view date;     ///< of the manual: 2026-11-28
    std::span<const Topic> topics;
    std::span<const Entry> commands;
};

/// What the program prints when it is called alone, or with --help.
std::string program_help(const Program& program);
/// The part of the manual of that name; empty when there is none.
std::string topic_help(const Program& program, std::string_view name);
/// The commands below "group".
std::string family_help(const Program& program, std::string_view family);
/// What `thv COMMAND --help` prints.
std::string command_help(const Program& program, const Doc& doc, const Args& args);

/// "NAME...", "[NAME...]", "[-- ARG...]" of a command's arguments, in order.
/// An option or argument as help and the manual show it.
struct OptionText {
    std::string names;       ///< "-a,--all"
    std::string placeholder; ///< of its value; empty: it takes none
    std::string help;        ///< with the choices, if there are some
};
OptionText text_of(const Parameter& parameter);
OptionText text_of(const CommonOption& option);

std::string usage_of(const Args& args);
/// The text broken into lines of at most `width` characters, each after `indent` spaces; empty lines stay.
std::string wrap(std::string_view text, std::size_t indent, std::size_t width = 80);

} // namespace thv::cli
