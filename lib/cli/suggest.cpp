// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace thv::cli {

namespace {

constexpr std::size_t longest_word = 128; // names are at most 100; anything longer is no typo of one
constexpr std::size_t most_suggestions = 3;

} // namespace

std::size_t edit_distance(std::string_view one, std::string_view other) {
    std::vector<std::size_t> before_last;
    std::vector<std::size_t> last(other.size() + 1);
    for (std::size_t column = 0; column <= other.size(); ++column)
        last[column] = column;
    for (std::size_t row = 1; row <= one.size(); ++row) {
        std::vector<std::size_t> current(other.size() + 1);
        current[0] = row;
        for (std::size_t column = 1; column <= other.size(); ++column) {
            const std::size_t cost = one[row - 1] == other[column - 1] ? 0 : 1;
            current[column] = std::min({last[column] + 1, current[column - 1] + 1, last[column - 1] + cost});
            const bool swapped =
                row > 1 && column > 1 && one[row - 1] == other[column - 2] && one[row - 2] == other[column - 1];
            if (swapped) current[column] = std::min(current[column], before_last[column - 2] + 1);
        }
        before_last = std::exchange(last, std::move(current));
    }
    return last.back();
}

std::vector<std::string> nearest(std::string_view word, const std::vector<std::string>& known) {
    if (word.empty() || word.size() > longest_word) return {};
    const std::size_t limit = word.size() <= 4 ? 1 : 2;
    std::vector<std::pair<std::size_t, std::string>> close;
    for (const auto& candidate : known) {
        if (candidate.size() > longest_word) continue;
        const auto distance = edit_distance(word, candidate);
        const bool begins =
            word.size() >= 2 && candidate.starts_with(word) && word.find_first_not_of('-') < word.size();
        if (distance <= limit || begins) close.emplace_back(distance, candidate);
    }
    std::ranges::sort(close);
    if (close.size() > most_suggestions) close.resize(most_suggestions);
    std::vector<std::string> words;
    words.reserve(close.size());
    for (auto& [distance, candidate] : close)
        words.push_back(std::move(candidate));
    return words;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known, std::string otherwise) {
    const auto close = nearest(word, known);
    return close.empty() ? std::move(otherwise) : fmt::format("did you mean '{}'?", fmt::join(close, "' or '"));
}

} // namespace thv::cli
