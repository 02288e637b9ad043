// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/restart.hpp"
#include "support/catch.hpp"

using namespace std::chrono_literals;
using thv::proxy::next_attempt;
using thv::proxy::restart_pause;

TEST_CASE("restart pauses double from half a second to a minute") {
    const std::vector<std::pair<int, std::chrono::milliseconds>> cases{{0, 500ms}, {1, 1s},     {2, 2s},    {6, 32s},
                                                                       {7, 60s},   {1000, 60s}, {-1, 500ms}};
    for (const auto& [attempt, pause] : cases) {
        INFO(attempt);
        CHECK(restart_pause(attempt, 0.5) == pause);
    }
}

TEST_CASE("restart pauses are spread by a fifth to either side") {
    CHECK(restart_pause(1, 0.0) == 800ms);
    CHECK(restart_pause(1, 0.999) > 1190ms);
    CHECK(restart_pause(1, 0.999) < 1200ms);
}

TEST_CASE("a server that ran for half a minute starts counting anew") {
    CHECK(next_attempt(5, 29s) == 6);
    CHECK(next_attempt(5, 30s) == 0);
}
