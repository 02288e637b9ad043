// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/help.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace thv::cli {

/// The command `word` of a family ("" for the commands without one), by its name or an alias; null when there is none.
const Entry* find_command(const Program& program, std::string_view family, std::string_view word);
/// Whether there are commands below that word.
bool is_family(const Program& program, std::string_view word);
/// The words that may follow a family, or with "" begin a command line; sorted, without aliases and hidden commands.
std::vector<std::string> known_words(const Program& program, std::string_view family);
/// The last words of a family's commands: "create, list, mv".
std::string family_summary(const Program& program, std::string_view family);

} // namespace thv::cli
