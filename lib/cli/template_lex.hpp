// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/template_tree.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace thv::cli::templates {

struct Token {
    enum class Kind {
        text,
        open,
        close,
        dot,
        field,
        variable,
        word,
        literal,
        pipe,
        comma,
        assign,
        declare,
        left,
        right,
        end
    };
    Kind kind = Kind::end;
    std::size_t at = 0;
    std::string text;    ///< of text, what is printed; of a field, its name without the dot; else as it is written
    Json value;          ///< of a literal
    bool spaced = false; ///< white space stands before it
};

/// The template in tokens, the last of which is `end`. Trimming, comments and the escapes of text are done.
std::vector<Token> tokens_of(std::string_view text);

} // namespace thv::cli::templates
