// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/columns.hpp"
#include "support/catch.hpp"

using namespace thv::cli;

TEST_CASE("columns are two spaces apart and lines end without spaces") {
    Columns columns{{"NAME", "REASON", "X"}};
    columns.add({"a", "", ""});
    columns.add({"longer", "why", "é"});
    CHECK(columns.render({}) == "NAME    REASON  X\na\nlonger  why     é\n");
}

TEST_CASE("only a terminal cuts, and it cuts the widest columns") {
    const auto rendered = [](const Terminal& terminal) {
        Columns columns{{"NAME", "PACKAGE"}};
        columns.add({"fetch", "ghcr.io/example/a-rather-long-name:1.2.3"});
        return columns.render(terminal);
    };
    const Terminal narrow{.out = true, .width = 30};
    CHECK(rendered(narrow) == "NAME   PACKAGE\nfetch  ghcr.io/example/a-rath…\n");
    const Terminal piped{.out = false, .width = 30};
    CHECK(rendered(piped) == "NAME   PACKAGE\nfetch  ghcr.io/example/a-rather-long-name:1.2.3\n");
}

TEST_CASE("a column that is kept is whole on the narrowest terminal") {
    const auto rendered = [](const Terminal& terminal) {
        Columns columns{{"PACKAGE", "URL"}};
        columns.keep("URL");
        columns.add({"ghcr.io/example/image:1", "http://127.0.0.1:40123/mcp"});
        return columns.render(terminal);
    };
    const Terminal narrow{.out = true, .width = 40};
    CHECK(rendered(narrow) == "PACKAGE       URL\nghcr.io/exa…  http://127.0.0.1:40123/mcp\n");
    const Terminal tiny{.out = true, .width = 5};
    CHECK(rendered(tiny) == "PACKAGE   URL\nghcr.io…  http://127.0.0.1:40123/mcp\n");
}

TEST_CASE("a table that cannot fit keeps something of every column") {
    Columns columns{{"A", "B"}};
    columns.add({std::string(50, 'a'), std::string(50, 'b')});
    const Terminal tiny{.out = true, .width = 5};
    CHECK(columns.render(tiny) == "A         B\naaaaaaa…  bbbbbbb…\n");
}

TEST_CASE("a table in pieces has one heading, and columns that only get wider") {
    Columns columns{{"NAME", "X"}};
    columns.add({"longer", "1"});
    CHECK(columns.render({}) == "NAME    X\nlonger  1\n");
    columns.add({"a", "2"});
    CHECK(columns.waiting() == 1);
    CHECK(columns.render({}) == "a       2\n");
    columns.add({"the longest", "3"});
    columns.add({"b", "4"});
    CHECK(columns.render({}) == "the longest  3\nb            4\n");
}

TEST_CASE("text is cut between characters") {
    CHECK(shorten("żółw", 4) == "żółw");
    CHECK(shorten("żółw!", 4) == "żół…");
    CHECK(shorten("abc", 1) == "…");
    CHECK(shorten("abc", 0).empty());
    CHECK(width_of("żółw") == 4);
}

TEST_CASE("control characters become harmless") {
    CHECK(printable("a\tb\nc") == "a b c");
    CHECK(printable("\x1b[31mred\x7f") == "?[31mred?");
    CHECK(printable("\xc2\x9b"
                    "2J \xc3\xa9") == "?2J é");
    CHECK(printable("cut \xc2") == "cut \xc2");
}

TEST_CASE("logs keep their colours and tabs on a terminal, and nothing else") {
    CHECK(printable_log("\x1b[1;31mred\x1b[0m\tx") == "\x1b[1;31mred\x1b[0m\tx");
    CHECK(printable_log("\x1b[2Jgone") == "?[2Jgone");
    CHECK(printable_log("\x1b]0;title\x07") == "?]0;title?");
    CHECK(printable_log("\x1b[31") == "?[31");
    CHECK(printable_log("a\rb") == "a?b");
}

TEST_CASE("NO_COLOR, CLICOLOR_FORCE, CLICOLOR and TERM count in this order") {
    using Variables = std::map<std::string, std::string, std::less<>>;
    const auto [variables, expected] = GENERATE(table<Variables, bool>({
        {{{"NO_COLOR", "1"}, {"CLICOLOR_FORCE", "1"}}, false},
        {{{"CLICOLOR_FORCE", "1"}, {"CLICOLOR", "0"}}, true},
        {{{"CLICOLOR_FORCE", "1"}, {"TERM", "dumb"}}, true},
    }));
    CHECK(terminal_of_process(thv::Environment{variables}).colour == expected);
}

TEST_CASE("wide and combining characters take the columns that a terminal gives them") {
    const auto [text, width] = GENERATE(table<std::string, std::size_t>({
        {"天気", 4},
        {"ﾃﾝｷ", 3},             // half-width katakana
        {"e\u0301te\u0301", 3}, // letters with an accent of their own
        {"날씨 서버", 9},
        {"🚀", 2},
        {"\xff\xfe", 2}, // no UTF-8
    }));
    CHECK(width_of(text) == width);
}

TEST_CASE("a table with wide characters is straight") {
    Columns columns{{"NAME", "ABOUT"}};
    columns.add({"天気", "x"});
    columns.add({"fetch", "y"});
    CHECK(columns.render({}) == "NAME   ABOUT\n天気   x\nfetch  y\n");
}

TEST_CASE("what a person sees as one character is never cut in two") {
    CHECK(shorten("天気予報", 8) == "天気予報");
    CHECK(shorten("天気予報", 7) == "天気予…");
    CHECK(shorten("天気予報", 6) == "天気…"); // half a character is left free
    CHECK(shorten("e\u0301e\u0301e\u0301", 2) == "e\u0301…");
    CHECK(shorten("\xff\xff\xff", 2) == "\xff…");
}

TEST_CASE("text cannot be made to run in the other direction") {
    CHECK(printable("safe\u202etxt.exe") == "safe?txt.exe");
    CHECK(printable("\u2066x\u2069") == "?x?");
    CHECK(printable_log("\u202dx") == "?x");
    CHECK(printable_lines("a\u202e\tb\n\x1b[2Jc") == "a?\tb\n?[2Jc");
    CHECK(printable("مرحبا") == "مرحبا");
}

TEST_CASE("a table can be printed without its heading, and uncut on a terminal") {
    Columns columns{{"A LONG HEADING", "B"}};
    columns.without_heading();
    columns.whole();
    columns.add({"a", std::string(50, 'b')});
    CHECK(columns.render({.out = true, .width = 20}) == "a  " + std::string(50, 'b') + "\n");
}
