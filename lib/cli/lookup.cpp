// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/lookup.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace thv::cli {

namespace {

std::string_view family_of(std::string_view name) {
    const auto space = name.find(' ');
    return space == std::string_view::npos ? std::string_view{} : name.substr(0, space);
}

std::string_view last_word(std::string_view name) {
    return name.substr(name.rfind(' ') + 1);
}

bool has_alias(const Doc& doc, std::string_view word) {
    auto rest = doc.aliases;
    while (!rest.empty()) {
        const auto end = rest.find(' ');
        if (rest.substr(0, end) == word) return true;
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    return false;
}

} // namespace

const Entry* find_command(const Program& program, std::string_view family, std::string_view word) {
    for (const auto& entry : program.commands) {
        if (family_of(entry.doc->name) != family) continue;
        if (last_word(entry.doc->name) == word || has_alias(*entry.doc, word)) return &entry;
    }
    return nullptr;
}

bool is_family(const Program& program, std::string_view word) {
    const auto member = [word](const Entry& entry) { return family_of(entry.doc->name) == word; };
    return !word.empty() && std::ranges::any_of(program.commands, member);
}

std::vector<std::string> known_words(const Program& program, std::string_view family) {
    std::vector<std::string> words;
    for (const auto& entry : program.commands) {
        if (entry.doc->hidden) continue;
        const auto own = family_of(entry.doc->name);
        if (own == family) words.emplace_back(last_word(entry.doc->name));
        if (family.empty() && !own.empty()) words.emplace_back(own);
    }
    std::ranges::sort(words);
    words.erase(std::unique(words.begin(), words.end()), words.end());
    return words;
}

std::string family_summary(const Program& program, std::string_view family) {
    return fmt::format("{}", fmt::join(known_words(program, family), ", "));
}

} // namespace thv::cli
