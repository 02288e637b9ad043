// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "mcp/jsonrpc.hpp"
#include "mcp/scanner.hpp"

#include <fmt/format.h>

namespace thv::mcp {

namespace {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view space{" \t\r\n"};
    const auto last = text.find_last_not_of(space);
    if (last == std::string_view::npos) return {};
    const auto first = text.find_first_not_of(space);
    return text.substr(first, last - first + 1);
}

/// The id among the members at the beginning of an envelope; empty when it is not there, or not only once.
std::string_view leading_id(std::string_view begin) {
    Scanner scanner{begin};
    std::string_view id;
    bool asks = false;
    int ids = 0;
    scanner.space();
    scanner.object(1, [&](std::string_view key) {
        const bool is_id = key == "id";
        asks = asks || key == "method";
        const char* const first = scanner.position();
        // A number at the very end may go on.
        if (!scanner.value(1) || scanner.at_end()) return false;
        if (is_id && ++ids == 1) id = {first, static_cast<std::size_t>(scanner.position() - first)};
        return true;
    });
    return asks || ids != 1 ? std::string_view{} : id;
}

/// The id when it is the last member of an envelope, or the last but the version.
std::string_view trailing_id(std::string_view end) {
    constexpr std::string_view name{"\"id\""};
    constexpr std::string_view version{"\"jsonrpc\""};
    end = trimmed(end);
    if (!end.ends_with('}')) return {};
    end = trimmed(end.substr(0, end.size() - 1));
    const auto place = end.rfind(name);
    if (place == std::string_view::npos || !trimmed(end.substr(0, place)).ends_with(',')) return {};
    auto rest = trimmed(end.substr(place + name.size()));
    if (!rest.starts_with(':')) return {};
    rest = trimmed(rest.substr(1));
    const auto id = rest.substr(0, rest.find(','));
    rest = rest.substr(id.size());
    if (rest.empty()) return id;
    rest = trimmed(rest.substr(1));
    if (!rest.starts_with(version)) return {};
    rest = trimmed(rest.substr(version.size()));
    const bool is_version = rest.starts_with(':') && trimmed(rest.substr(1)) == "\"2.0\"";
    return is_version ? trimmed(id) : std::string_view{};
}

} // namespace

std::string too_long(std::size_t limit) {
    return fmt::format("its line is longer than {} bytes", limit);
}

std::optional<std::string> in_place_of_answer(std::string_view begin, std::string_view end, std::string_view why) {
    auto id = leading_id(begin);
    if (id.empty()) id = trailing_id(end);
    if (!canonical_integer(id)) return std::nullopt;
    return error_message(id, -32603, fmt::format("the server's answer cannot be passed on: {}", why));
}

} // namespace thv::mcp
