// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/values.hpp"

#include "cli/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv::cli {

Error bad_value(std::string_view value, std::string_view option, std::string_view why) {
    return Error{Fault::usage, fmt::format("invalid value '{}' for {}: {}", value, option, why)};
}

bool parse_bool(std::string_view value, std::string_view option) {
    if (value == "true" || value == "1") return true;
    if (value == "false" || value == "0") return false;
    throw bad_value(value, option, "it must be true or false");
}

void check_choice(std::string_view value, std::string_view option, const std::vector<std::string>& choices) {
    if (choices.empty() || std::ranges::find(choices, value) != choices.end()) return;
    throw bad_value(value, option, fmt::format("it must be one of {}", fmt::join(choices, ", ")))
        .hint(did_you_mean(value, choices));
}

} // namespace thv::cli
