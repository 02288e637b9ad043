// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/console.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace thv {

/// What a console wrote.
struct ConsoleTexts {
    std::string out;
    std::string err;

    /// Of a console that writes here, and is answered by nobody; this must outlive it.
    cli::Console::Streams streams() {
        return {.out = [this](std::string_view bytes) { out += bytes; },
                .err = [this](std::string_view bytes) { err += bytes; },
                .read_line = [] { return std::nullopt; },
                .read_all = [](std::size_t) { return std::string{}; },
                .read_hidden = [] { return std::nullopt; }};
    }
};

} // namespace thv
