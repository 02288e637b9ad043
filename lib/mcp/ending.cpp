// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "mcp/ending.hpp"

#include <array>
#include <charconv>

namespace thv::mcp {

std::string_view to_string(CallEnd outcome) {
    constexpr std::array<std::string_view, outcomes> words{"success", "tool_error", "error",
                                                           "refused", "failed",     "abandoned"};
    return words.at(static_cast<std::size_t>(outcome));
}

Ending ending_of(const Message& response) {
    if (response.kind == Kind::result) return {.outcome = response.tool_error ? CallEnd::tool_error : CallEnd::success};
    Ending ending{.outcome = CallEnd::error};
    const auto code = member(response.body, "code");
    int number = 0;
    const auto read = std::from_chars(code.data(), code.data() + code.size(), number);
    if (read.ptr == code.data() + code.size()) ending.code = number;
    return ending;
}

} // namespace thv::mcp
