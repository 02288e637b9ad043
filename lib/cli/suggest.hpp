// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace thv::cli {

/// How many insertions, deletions, replacements and swaps of neighbours make one word the other.
std::size_t edit_distance(std::string_view one, std::string_view other);

/// The known words that somebody who typed `word` may have meant, best first, three at most: those it is the
/// beginning of, and those at a distance of at most two (one for words of up to four letters).
std::vector<std::string> nearest(std::string_view word, const std::vector<std::string>& known);

/// The hint for somebody who typed `word`: "did you mean 'list' or 'ls'?", or `otherwise` where none is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known, std::string otherwise = {});

} // namespace thv::cli
