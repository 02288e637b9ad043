// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/suggest.hpp"
#include "support/catch.hpp"

using namespace thv::cli;

TEST_CASE("the distance counts insertions, deletions, replacements and swaps") {
    const auto [one, other, distance] = GENERATE(table<std::string, std::string, std::size_t>({
        {"", "", 0},
        {"stop", "stop", 0},
        {"stop", "sto", 1},
        {"stop", "sttop", 1},
        {"stop", "step", 1},
        {"stop", "sotp", 1},
        {"lsit", "list", 1},
        {"", "abc", 3},
        {"abc", "xyz", 3},
    }));
    CHECK(edit_distance(one, other) == distance);
    CHECK(edit_distance(other, one) == distance);
}

TEST_CASE("what is near is suggested, best first, three at most") {
    const std::vector<std::string> known{"start", "status", "stop", "restart", "rm", "run"};
    CHECK(nearest("stat", known) == std::vector<std::string>{"start", "status"});
    CHECK(nearest("sotp", known) == std::vector<std::string>{"stop"});
    CHECK(nearest("restrat", known) == std::vector<std::string>{"restart"});
    CHECK(nearest("zzz", known).empty());
    CHECK(nearest("", known).empty());
    CHECK(nearest("aa", {"aaa", "aab", "aac", "aad"}).size() == 3);
    CHECK(nearest(std::string(5000, 'a'), {std::string(5000, 'b')}).empty());
}
