// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
// The grammars of what a container may be told beyond its image.
#include "core/run_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <ranges>

namespace thv {
namespace {

constexpr int most_pids = 4'194'304; // the kernel's own limit

bool tmpfs_option(std::string_view option) {
    constexpr std::array<std::string_view, 4> words{"exec", "noexec", "ro", "rw"};
    if (std::ranges::find(words, option) != words.end()) return true;
    const auto equals = option.find('=');
    if (equals == std::string_view::npos) return false;
    const auto name = option.substr(0, equals);
    const auto value = option.substr(equals + 1);
    if (name == "size") return parse_memory(value).has_value();
    if (name != "mode" && name != "uid" && name != "gid") return false;
    return !value.empty() && value.size() <= 10 && value.find_first_not_of("0123456789") == std::string_view::npos;
}

bool name_or_number(std::string_view text) {
    const auto fine = [](unsigned char byte) {
        return std::isalnum(byte) != 0 || byte == '_' || byte == '-' || byte == '.';
    };
    return !text.empty() && text.size() <= 64 && text.front() != '-' && std::ranges::all_of(text, fine);
}

} // namespace

Result<Tmpfs> parse_tmpfs(std::string_view text) {
    const auto wrong = [text](std::string_view why) {
        return fail(Fault::usage, fmt::format("'{}' is no tmpfs: {}", text, why),
                    "write it as /path or /path:size=64m");
    };
    const auto colon = text.find(':');
    Tmpfs tmpfs{.target = std::string{text.substr(0, colon)}, .options = {}};
    if (!tmpfs.target.starts_with('/') || tmpfs.target.find_first_not_of('/') == std::string::npos)
        return wrong("its path is not an absolute one below the root");
    const auto odd = [](unsigned char byte) { return std::iscntrl(byte) != 0; };
    if (std::ranges::any_of(tmpfs.target, odd) || tmpfs.target.find("/..") != std::string::npos)
        return wrong("its path cannot be mounted");
    if (colon == std::string_view::npos) return tmpfs;
    tmpfs.options = text.substr(colon + 1);
    if (tmpfs.options.empty()) return wrong("there is no option behind the ':'");
    for (const auto& option : tmpfs_options(tmpfs))
        if (!tmpfs_option(option)) return wrong(fmt::format("there is no option '{}'", option));
    return tmpfs;
}

std::vector<std::string> tmpfs_options(const Tmpfs& tmpfs) {
    std::vector<std::string> options;
    for (const auto part : tmpfs.options | std::views::split(','))
        options.emplace_back(part.begin(), part.end());
    return options;
}

std::string to_string(const Tmpfs& tmpfs) {
    auto text = tmpfs.target;
    char separator = ':';
    for (auto option : tmpfs_options(tmpfs)) {
        constexpr std::string_view size = "size=";
        const auto bytes = parse_memory(option.starts_with(size) ? option.substr(size.size()) : "");
        if (bytes) option = fmt::format("{}{}", size, memory_text(*bytes));
        text += separator + option;
        separator = ',';
    }
    return text;
}

Result<std::string> parse_user(std::string_view text) {
    const auto colon = text.find(':');
    const bool group = colon != std::string_view::npos;
    if (name_or_number(text.substr(0, colon)) && (!group || name_or_number(text.substr(colon + 1))))
        return std::string{text};
    return fail(Fault::usage, fmt::format("'{}' is no user", text), "write it as USER or USER:GROUP, names or numbers");
}

Result<int> parse_pids(std::string_view text) {
    int count = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), count);
    const bool whole = parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size();
    if (whole && count >= 1 && count <= most_pids) return count;
    return fail(Fault::usage, fmt::format("'{}' is no number of processes", text), "write it as 64");
}

} // namespace thv
