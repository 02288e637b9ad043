// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"

using namespace thv;
using thv::test::EngineBench;

TEST_CASE("an image that is there is not pulled") {
    EngineBench bench;
    std::vector<std::string> lines;
    bench(bench.containers.ensure_image(bench.image(), [&](std::string_view line) { lines.emplace_back(line); }));
    CHECK(lines.empty());
}

TEST_CASE("an image that is nowhere fails with its name and the registry's reason") {
    EngineBench bench;
    std::vector<std::string> lines;
    // Nobody listens on port 1.
    const auto error = bench.failure(bench.containers.ensure_image(
        "127.0.0.1:1/no/such:2", [&](std::string_view line) { lines.emplace_back(line); }));
    CHECK(error.fault() == Fault::unreachable);
    CHECK_THAT(error.message(), ContainsSubstring("127.0.0.1:1/no/such:2") && ContainsSubstring("refused"));
    CHECK(lines == std::vector<std::string>{"Pulling 127.0.0.1:1/no/such:2"});
    bench(bench.containers.ping());
}

TEST_CASE("latest is tried, and the local one is used when that fails") {
    EngineBench bench;
    std::vector<std::string> lines;
    bench(bench.containers.ensure_image("127.0.0.1:1/thv/contract",
                                        [&](std::string_view line) { lines.emplace_back(line); }));
    REQUIRE(lines.size() == 2);
    CHECK_THAT(lines[1], ContainsSubstring("Using the local image") && ContainsSubstring("refused"));
}

TEST_CASE("what is no image's name is refused before anything is asked") {
    EngineBench bench;
    const auto error = bench.failure(bench.containers.ensure_image("a b", [](std::string_view) {}));
    CHECK(error.fault() == Fault::usage);
}
