// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/labels.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv::commands {

namespace {

constexpr std::size_t longest_name = 63;
constexpr std::size_t longest_prefix = 253;
constexpr std::string_view flag = "--label";

/// Whether thv, or ToolHive, knows its containers by labels of this key.
bool is_reserved(std::string_view key) {
    return key == "toolhive" || key.starts_with("toolhive-") || key.starts_with("thv-");
}

bool is_alphanumeric(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
}

bool is_label_name(std::string_view text) {
    const auto allowed = [](char byte) { return is_alphanumeric(byte) || byte == '-' || byte == '_' || byte == '.'; };
    return !text.empty() && text.size() <= longest_name && std::ranges::all_of(text, allowed) &&
           is_alphanumeric(text.front()) && is_alphanumeric(text.back());
}

bool is_dns_prefix(std::string_view text) {
    const auto allowed = [](char byte) {
        return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' || byte == '.';
    };
    return !text.empty() && text.size() <= longest_prefix && std::ranges::all_of(text, allowed) &&
           is_alphanumeric(text.front()) && is_alphanumeric(text.back());
}

bool is_label_key(std::string_view key) {
    const auto slash = key.find('/');
    if (slash == std::string_view::npos) return is_label_name(key);
    return is_dns_prefix(key.substr(0, slash)) && is_label_name(key.substr(slash + 1));
}

std::pair<std::string, std::string> label_of_flag(const std::string& text) {
    auto label = parse_label(text);
    if (!label) throw label.error().within(flag);
    return *std::move(label);
}

} // namespace

Result<std::pair<std::string, std::string>> parse_label(std::string_view text) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos)
        return fail(Fault::usage, fmt::format("invalid label '{}'", text), "write it as KEY=VALUE");
    const auto key = text.substr(0, equals);
    const auto value = text.substr(equals + 1);
    if (!is_label_key(key) || (!value.empty() && !is_label_name(value)))
        return fail(Fault::usage, fmt::format("invalid label '{}'", text),
                    "keys and values have at most 63 letters, digits, '-', '_' and '.', with a letter or digit at both "
                    "ends");
    return std::pair{std::string{key}, std::string{value}};
}

std::map<std::string, std::string> parse_label_filters(const std::vector<std::string>& texts) {
    std::map<std::string, std::string> labels;
    for (const auto& text : texts) {
        const auto [key, value] = label_of_flag(text);
        const auto [place, added] = labels.emplace(key, value);
        if (!added && place->second != value)
            throw Error{Fault::usage,
                        fmt::format("{}: '{}' cannot be both '{}' and '{}'", flag, key, place->second, value)};
    }
    return labels;
}

std::map<std::string, std::string> parse_labels(const std::vector<std::string>& texts) {
    std::map<std::string, std::string> labels;
    for (const auto& text : texts) {
        auto [key, value] = label_of_flag(text);
        if (is_reserved(key))
            throw Error{Fault::usage, fmt::format("{}: '{}' is set by thv itself", flag, key)}.hint(
                "choose a key that does not begin with 'toolhive-' or 'thv-'");
        labels.insert_or_assign(std::move(key), std::move(value));
    }
    return labels;
}

} // namespace thv::commands
