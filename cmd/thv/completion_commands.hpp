// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command.hpp"
#include "cli/console.hpp"
#include "thv/live_values.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace thv::commands {

/// What shells call when TAB is pressed. The answer is that of programs made with cobra, so that whatever completes
/// those completes thv, too: a line for each word, a TAB before its description, and at last ':' and a number.
struct Complete {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(LiveValues values, Console& console) const;

    std::vector<std::string> words;
};

struct CompletionScript {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(Console& console) const;

    std::string shell;
};

/// The script that makes a shell ("bash", "zsh" or "fish") complete thv; empty for any other.
std::string_view completion_script(std::string_view shell);

} // namespace thv::commands
