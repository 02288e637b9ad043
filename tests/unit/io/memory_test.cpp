// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "io/memory.hpp"
#include "support/catch.hpp"

#include <fstream>
#include <string>

using namespace thv;

namespace {

/// KiB of files, this program's code among them, that the process holds in memory.
long resident_of_files() {
    std::ifstream status{"/proc/self/status"};
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("RssFile:")) return std::stol(line.substr(8));
    return 0;
}

} // namespace

TEST_CASE("code that was given back is no longer held, and runs again") {
    REQUIRE(resident_of_files() > 0); // brings in what reading it takes
    const auto before = resident_of_files();
    give_back_code();
    CHECK(resident_of_files() < before);
}
