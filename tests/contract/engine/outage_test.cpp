// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"
#include "io/deadline.hpp"

#include <csignal>
#include <cstdlib>

using namespace thv;
using namespace std::chrono_literals;
using thv::test::EngineBench;

// Kills the engine, so that it runs alone and last: run.py gives it a process of its own.
TEST_CASE("an engine that dies while a container is waited for is unreachable, then and afterwards", "[.outage]") {
    EngineBench bench;
    const auto id = bench.started({"sleep"});
    const int engine = std::atoi(std::getenv("THV_TEST_ENGINE_PID"));
    REQUIRE(engine > 0);
    asio::co_spawn(bench.context, sleep_for(300ms), [engine](std::exception_ptr) { ::kill(engine, SIGKILL); });
    const auto error = bench.failure(bench.containers.wait(id));
    CHECK(error.fault() == Fault::unreachable);
    CHECK_THAT(error.message(), ContainsSubstring(std::getenv("THV_TEST_SOCKET")));
    CHECK(bench.failure(bench.containers.ping()).fault() == Fault::unreachable);
    CHECK(bench.failure(bench.containers.inspect(id)).fault() == Fault::unreachable);
}
