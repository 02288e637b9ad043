// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "registry/search.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace thv::registry {

namespace {

std::vector<std::string> words_of(std::string_view query) {
    std::vector<std::string> words;
    constexpr std::string_view spaces = " \t\r\n";
    for (auto at = query.find_first_not_of(spaces); at != std::string_view::npos;) {
        const auto end = std::min(query.find_first_of(spaces, at), query.size());
        words.push_back(lower(query.substr(at, end - at)));
        at = query.find_first_not_of(spaces, end);
    }
    return words;
}

bool any_has(const std::vector<std::string>& texts, const std::string& word) {
    return std::ranges::any_of(texts, [&](const auto& text) { return lower(text).contains(word); });
}

/// 0 is best; none when a word is nowhere.
std::optional<int> rank_of(const Entry& entry, const std::vector<std::string>& words) {
    const auto name = lower(entry.name);
    const auto last = name.substr(name.rfind('/') + 1);
    int rank = 0;
    for (const auto& word : words) {
        int place = 5;
        if (name == word || last == word)
            place = 0;
        else if (last.starts_with(word))
            place = 1;
        else if (name.contains(word) || lower(entry.title).contains(word))
            place = 2;
        else if (any_has(entry.tags, word))
            place = 3;
        else if (lower(entry.description).contains(word) || any_has(entry.tools, word))
            place = 4;
        if (place == 5) return std::nullopt;
        rank = std::max(rank, place);
    }
    return rank;
}

} // namespace

std::vector<Entry> search(std::vector<Entry> entries, std::string_view query) {
    const auto words = words_of(query);
    std::vector<std::pair<int, Entry>> found;
    for (auto& entry : entries)
        if (const auto rank = rank_of(entry, words)) found.emplace_back(*rank, std::move(entry));
    std::ranges::sort(found, {}, [](const auto& item) { return std::pair{item.first, item.second.name}; });
    std::vector<Entry> out;
    out.reserve(found.size());
    for (auto& [rank, entry] : found)
        out.push_back(std::move(entry));
    return out;
}

} // namespace thv::registry
