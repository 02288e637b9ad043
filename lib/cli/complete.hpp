// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/args.hpp"
#include "cli/globals.hpp"
#include "cli/help.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace thv::cli {

/// A word that a shell may offer, and what it is.
struct Candidate {
    std::string word;
    std::string description = {};
    bool operator==(const Candidate&) const = default;
};

/// What a word that is being typed may become.
struct Completion {
    std::vector<Candidate> candidates = {};          ///< commands, options and fixed values, not filtered yet
    Completer completer = Completer::none;           ///< what else it may be
    std::string typed = {};                          ///< of the value, so far
    std::string before = {};                         ///< what stands before the value in the same word: "--group="
    std::vector<std::string> arguments = {};         ///< the command's arguments so far
    std::map<std::string, std::string> options = {}; ///< values of options so far, by long name
    Globals globals = {};                            ///< which cluster the command is about
};

/// Reads a command line up to the word that is being typed, which is the last one and may be empty. What is wrong in it
/// leads to an empty completion, never to an error.
Completion complete(const Program& program, std::vector<std::string> words);

/// The commands, or those of a family, as candidates.
std::vector<Candidate> command_candidates(const Program& program, std::string_view family);

} // namespace thv::cli
