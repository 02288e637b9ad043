// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/ignore_rules.hpp"
#include "support/catch.hpp"

using namespace thv::engine;
using Verdict = IgnoreRules::Verdict;

namespace {

struct Case {
    const char* rules;
    const char* path; ///< with a '/' at the end: a folder
    Verdict verdict;
};

constexpr auto none = Verdict::nothing;
constexpr auto hit = Verdict::ignored;
constexpr auto kept = Verdict::kept;

} // namespace

TEST_CASE("ignore rules mean what they mean to git") {
    const auto [rules, path, verdict] = GENERATE(values<Case>({
        {"", "a", none},
        {"# a\n\n", "# a", none},
        {"\\#a", "#a", hit},
        {"\\!a", "!a", hit},
        {"a ", "a", hit},
        {"a\\ ", "a ", hit},
        {"a\r\n", "a", hit},
        {".env", ".env", hit},
        {".env", "deep/down/.env", hit},
        {".env", "x.env", none},
        {"/.env", "deep/.env", none},
        {"/.env", ".env", hit},
        {"*.pem", "keys/a.pem", hit},
        {"keys/*.pem", "keys/a.pem", hit},
        {"keys/*.pem", "x/keys/a.pem", none},
        {"keys/*.pem", "keys/x/a.pem", none},
        {"secret/", "secret/", hit},
        {"secret/", "secret", none},
        {"secret/", "a/secret/", hit},
        {"**/secret", "a/b/secret", hit},
        {"**/secret", "secret", hit},
        {"a/**/b", "a/b", hit},
        {"a/**/b", "a/x/y/b", hit},
        {"a/**", "a/x/y", hit},
        {"a/**", "a/", none},
        {"**/**/**/x", "x", hit},
        {"a?c", "abc", hit},
        {"a?c", "a/c", none},
        {"[ab]c", "bc", hit},
        {"[!a]c", "ac", none},
        {"[!a]c", "bc", hit},
        {"*.log\n!keep.log", "keep.log", kept},
        {"!keep.log\n*.log", "keep.log", hit},
        {"a\\*b", "a*b", hit},
        {"a\\*b", "axb", none},
        {"*", "anything", hit},
        {".*", ".hidden", hit},
        {"*", ".hidden", hit},
        {"/", "a", none},
        {"!", "a", none},
    }));
    INFO(rules);
    std::string_view name = path;
    const bool folder = name.ends_with('/');
    if (folder) name.remove_suffix(1);
    CAPTURE(name, folder);
    CHECK(IgnoreRules{rules}.verdict(name, folder) == verdict);
}

TEST_CASE("rules that could be tried in very many ways are decided at once") {
    std::string rule;
    std::string path;
    for (int round = 0; round < 12; ++round) {
        rule += "**/a/";
        path += "a/a/";
    }
    CHECK(IgnoreRules{rule + "b"}.verdict(path + "c", false) == Verdict::nothing);
}
