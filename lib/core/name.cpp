// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/name.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv {
namespace {

constexpr std::size_t longest = 100;

bool lower_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}
bool alphanumeric(char c) {
    return lower_or_digit(c) || (c >= 'A' && c <= 'Z');
}
bool name_character(char c) {
    return alphanumeric(c) || c == '.' || c == '_' || c == '-';
}
bool group_character(char c) {
    return lower_or_digit(c) || c == '_' || c == '-' || c == ' ';
}

/// The text as it may stand in a message: cut, and without characters that would disturb a terminal.
std::string shown(std::string_view text) {
    std::string out{text.substr(0, longest)};
    std::ranges::replace_if(out, [](unsigned char c) { return c < 0x20 || c >= 0x7f; }, '?');
    return text.size() > longest ? out + "…" : out;
}

std::string_view last_segments(std::string_view path, int count) {
    auto slash = path.size();
    for (; count > 0 && slash != std::string_view::npos && slash > 0; --count)
        slash = path.rfind('/', slash - 1);
    return slash == std::string_view::npos || slash == 0 ? path : path.substr(slash + 1);
}

} // namespace

Result<WorkloadName> WorkloadName::parse(std::string_view text) {
    const bool valid = !text.empty() && text.size() <= longest && alphanumeric(text.front()) &&
                       std::ranges::all_of(text, name_character);
    if (valid) return WorkloadName{std::string{text}};
    return fail(Fault::usage, fmt::format("'{}' is not a workload name", shown(text)),
                "use 1 to 100 letters, digits, '.', '_' or '-', the first a letter or digit");
}

Result<GroupName> GroupName::parse(std::string_view text) {
    const bool valid = !text.empty() && text.size() <= longest && std::ranges::all_of(text, group_character) &&
                       text.front() != ' ' && text.back() != ' ' && !text.contains("  ");
    if (valid) return GroupName{std::string{text}};
    return fail(Fault::usage, fmt::format("'{}' is not a group name", shown(text)),
                "use 1 to 100 lower-case letters, digits, '_', '-' or single spaces inside");
}

std::string name_from_image(std::string_view image) {
    image = image.substr(0, image.find('@'));
    const auto colon = image.rfind(':');
    // A colon before the last slash belongs to the registry's port, not to a tag.
    if (colon != std::string_view::npos && image.find('/', colon) == std::string_view::npos) {
        image = image.substr(0, colon);
    }
    std::string path{image};
    if (const auto port = path.find(':'); port != std::string::npos) path.erase(port, path.find('/', port) - port);
    std::string name{last_segments(path, 2)};
    std::ranges::replace_if(name, [](char c) { return !name_character(c); }, '-');
    name.erase(0, static_cast<std::size_t>(std::ranges::find_if(name, alphanumeric) - name.begin()));
    name.resize(std::min(name.size(), longest));
    return name.empty() ? "workload" : name;
}

} // namespace thv
