// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/ignore_rules.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <ranges>
#include <span>

namespace thv::engine {

namespace {

constexpr std::string_view any_folders = "**";

std::vector<std::string> split(std::string_view path) {
    std::vector<std::string> names;
    while (true) {
        const auto slash = path.find('/');
        names.emplace_back(path.substr(0, slash));
        if (slash == std::string_view::npos) return names;
        path.remove_prefix(slash + 1);
    }
}

/// Spaces at the end mean nothing, unless a backslash is before them.
std::string_view without_trailing_spaces(std::string_view line) {
    while (line.ends_with(' ') && !line.ends_with("\\ "))
        line.remove_suffix(1);
    return line;
}

bool match(std::span<const std::string> patterns, std::span<const std::string> names) {
    if (patterns.empty()) return names.empty();
    if (patterns.front() != any_folders)
        return !names.empty() && ::fnmatch(patterns.front().c_str(), names.front().c_str(), 0) == 0 &&
               match(patterns.subspan(1), names.subspan(1));
    // At the end it stands for everything inside, but not for the folder itself.
    if (patterns.size() == 1) return !names.empty();
    for (std::size_t skipped = 0; skipped <= names.size(); ++skipped)
        if (match(patterns.subspan(1), names.subspan(skipped))) return true;
    return false;
}

} // namespace

IgnoreRules::IgnoreRules(std::string_view text) {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    for (const auto part : text | std::views::split('\n')) {
        std::string_view line{part.begin(), part.end()};
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.starts_with('#')) continue;
        line = without_trailing_spaces(line);
        Rule rule;
        if (line.starts_with('!')) {
            rule.keeps = true;
            line.remove_prefix(1);
        }
        if (line.ends_with('/')) {
            rule.folders_only = true;
            line.remove_suffix(1);
        }
        if (line.empty()) continue;
        const bool tied = line.find('/') != std::string_view::npos;
        if (line.starts_with('/')) line.remove_prefix(1);
        rule.names = split(line);
        if (!tied) rule.names.emplace(rule.names.begin(), any_folders);
        // Several in a row mean the same as one, and would be tried in many more ways.
        const auto same = [](const std::string& left, const std::string& right) {
            return left == any_folders && right == any_folders;
        };
        rule.names.erase(std::ranges::unique(rule.names, same).begin(), rule.names.end());
        rules_.push_back(std::move(rule));
    }
}

bool IgnoreRules::matches(const Rule& rule, const std::vector<std::string>& path) {
    return match(rule.names, path);
}

IgnoreRules::Verdict IgnoreRules::verdict(std::string_view path, bool is_folder) const {
    const auto names = split(path);
    for (const auto& rule : rules_ | std::views::reverse) {
        if ((rule.folders_only && !is_folder) || !matches(rule, names)) continue;
        return rule.keeps ? Verdict::kept : Verdict::ignored;
    }
    return Verdict::nothing;
}

} // namespace thv::engine
