// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"
#include "cli/man.hpp"
#include "support/catch.hpp"
#include "thv/commands.hpp"

#include <filesystem>

using namespace thv;

TEST_CASE("the committed manual pages are those of the command table, no more and no fewer") {
    const std::filesystem::path folder{THV_MAN};
    const auto pages = cli::manual(commands::program());
    for (const auto& [name, text] : pages) {
        CAPTURE(name);
        CHECK(text == test::golden((folder / name).string(), text));
    }
    for (const auto& file : std::filesystem::directory_iterator{folder}) {
        if (file.path().extension() != ".1") continue; // the other sections are written by hand
        CAPTURE(file.path());
        CHECK(pages.contains(file.path().filename().string()));
    }
}

TEST_CASE("nothing in a page's text is an instruction to roff") {
    CHECK(cli::roff("a-b \\ c") == "a\\-b \\e c");
    CHECK(cli::roff(".SH\n'x'\n.") == "\\&.SH\n\\&'x'\n\\&.");
}
