// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"

using namespace thv;
using thv::test::EngineBench;

TEST_CASE("the last lines of a container are those it wrote last, oldest first") {
    EngineBench bench;
    const auto id = bench.started({"lines", "20", "err", "the end"});
    bench(bench.containers.wait(id));
    const auto all = bench(bench.containers.last_lines(id, 100));
    REQUIRE(all.size() == 21);
    // The two streams are two pipes: their order among each other is the engine's.
    CHECK(std::ranges::count(all, "the end") == 1);
    CHECK(bench(bench.containers.last_lines(id, 3)) == std::vector<std::string>(all.end() - 3, all.end()));
    CHECK(bench(bench.containers.last_lines(id, 0)).empty());
}
