// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/completer.hpp"
#include "cli/globals.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace thv::cli {

/// An option that every command takes, before its name or behind it.
struct CommonOption {
    std::string_view long_name;
    std::string_view short_name = {};  ///< a command that has it itself wins; empty: none
    std::string_view placeholder = {}; ///< of its value, in help; empty: it takes none
    std::string_view help;
    std::span<const std::string_view> choices = {}; ///< the only values accepted; empty: any
    Completer completer = Completer::none;
    bool Globals::* flag = nullptr;                        ///< what it turns on or off
    std::optional<std::string> Globals::* value = nullptr; ///< where its value goes
    bool before_commands_only = false;

    /// "-n,--namespace": how declarations spell both names.
    std::string names() const;
    /// Notes that it was given; throws Fault::usage for a value that it cannot have.
    void store(Globals& globals, const std::string& typed) const;
};

/// By their long names. --help and --version are among them, and store nothing: who parses the words answers them.
std::span<const CommonOption> common_options();

/// The one with this name, long or short; null: there is none.
const CommonOption* find_common_option(std::string_view name);

/// Their long names; `before_commands`: also of those that are only taken before a command.
std::vector<std::string> common_option_names(bool before_commands);

} // namespace thv::cli
