// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace thv::cli {

/// What help, man pages and completions say about a command. All of it is static text.
struct Doc {
    std::string_view name;             ///< "stop", or "group create": a space nests
    std::string_view summary;          ///< one line, lower case, no full stop
    std::string_view description = {}; ///< paragraphs, separated by an empty line
    std::string_view examples = {};    ///< one command per line; a line that starts with '#' explains the next one
    std::string_view arguments = {};   ///< how they are shown behind the options; by default made from the parameters
    std::string_view aliases = {};     ///< other last words of the name, separated by spaces
    std::string_view see_also = {};    ///< other manual pages, separated by spaces: "thv.yaml(5)"
    bool hidden = false;               ///< not listed in help
    bool raw = false;                  ///< gets the words of another command line as they are
};

} // namespace thv::cli
