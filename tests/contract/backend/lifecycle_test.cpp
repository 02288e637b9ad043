// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"
#include "support/catch.hpp"

using namespace thv;
using test::BackendBench;
using test::fault_of;

namespace {

std::optional<State> state_of(BackendBench& bench, const std::string& name) {
    const auto found = bench.find(name);
    return found ? std::optional{found->state} : std::nullopt;
}

} // namespace

TEST_CASE("what was run is running, and says what it is") {
    BackendBench bench;
    const auto config = bench.config();
    const auto url = bench(bench.lifecycle().run(config, {.limit = std::chrono::minutes{1}}));
    const auto found = bench.find(config.name);
    REQUIRE(found);
    CHECK(found->state == State::running);
    CHECK(found->reason.empty());
    CHECK(found->package == config.image);
    CHECK(found->transport == "stdio");
    CHECK(found->url == url);
    CHECK(url.starts_with("http://"));
    CHECK(found->labels.at("contract") == config.name);
    CHECK(found->created_at);
}

TEST_CASE("a name can be run once, and the second attempt leaves the first alone") {
    BackendBench bench;
    const auto config = bench.config();
    bench.run(config);
    auto other = config;
    other.env_vars["COLOUR"] = "red";
    CHECK(bench.failure(bench.lifecycle().run(other, {})).fault() == Fault::conflict);
    CHECK(bench.failure(bench.lifecycle().preview(other)).fault() == Fault::conflict);
    CHECK(bench(bench.query().config(bench.parsed(config.name))).env_vars.at("COLOUR") == "blue");
    CHECK(state_of(bench, config.name) == State::running);
}

TEST_CASE("a workload in a group that does not exist is not made") {
    BackendBench bench;
    auto config = bench.config();
    config.group = "no-such-group";
    CHECK(bench.failure(bench.lifecycle().preview(config)).fault() == Fault::not_found);
    CHECK(bench.failure(bench.lifecycle().run(config, {})).fault() == Fault::not_found);
    CHECK_FALSE(bench.find(config.name));
}

TEST_CASE("a preview shows what would be stored and stores nothing") {
    BackendBench bench;
    const auto config = bench.config();
    const auto text = bench(bench.lifecycle().preview(config));
    CHECK(text.find(config.name) != std::string::npos);
    CHECK(text.find(config.image) != std::string::npos);
    CHECK_FALSE(bench.find(config.name));
}

TEST_CASE("a stopped workload is at rest, keeps its place, and starts again with the same URL") {
    BackendBench bench;
    const auto name = bench.run();
    const auto other = bench.run();
    const auto url = bench.find(name)->url;
    for (int time = 0; time < 2; ++time) { // stopping what is stopped is a success
        CHECK_FALSE(fault_of(bench(bench.lifecycle().stop({name}, {})), name));
        CHECK(state_of(bench, name) == State::stopped);
    }
    CHECK(state_of(bench, other) == State::running);
    CHECK_FALSE(fault_of(bench(bench.lifecycle().start({name}, false, {})), name));
    CHECK(state_of(bench, name) == State::running);
    CHECK(bench.find(name)->url == url);
}

TEST_CASE("starting what runs leaves it alone, and restarting it serves again") {
    BackendBench bench;
    const auto name = bench.run();
    CHECK_FALSE(fault_of(bench(bench.lifecycle().start({name}, false, {})), name));
    CHECK(state_of(bench, name) == State::running);
    CHECK_FALSE(fault_of(bench(bench.lifecycle().start({name}, true, {})), name));
    CHECK(state_of(bench, name) == State::running);
}

TEST_CASE("restarting what is stopped starts it") {
    BackendBench bench;
    const auto name = bench.run();
    CHECK_FALSE(fault_of(bench(bench.lifecycle().stop({name}, {})), name));
    CHECK_FALSE(fault_of(bench(bench.lifecycle().start({name}, true, {})), name));
    CHECK(state_of(bench, name) == State::running);
}

TEST_CASE("a name that does not exist fails alone") {
    BackendBench bench;
    const auto name = bench.run();
    const std::string nobody = "no-such-workload";
    const auto stopped = bench(bench.lifecycle().stop({nobody, name}, {}));
    CHECK(fault_of(stopped, nobody) == Fault::not_found);
    CHECK_FALSE(fault_of(stopped, name));
    const auto started = bench(bench.lifecycle().start({nobody, name}, false, {}));
    CHECK(fault_of(started, nobody) == Fault::not_found);
    CHECK_FALSE(fault_of(started, name));
    const auto removed = bench(bench.lifecycle().remove({nobody, name}, {}));
    CHECK(fault_of(removed, nobody) == Fault::not_found);
    CHECK_FALSE(fault_of(removed, name));
}

TEST_CASE("what was removed is gone, and its name is free") {
    BackendBench bench;
    const auto config = bench.config();
    bench.run(config);
    CHECK_FALSE(fault_of(bench(bench.lifecycle().remove({config.name}, {})), config.name));
    CHECK_FALSE(bench.find(config.name));
    CHECK(bench.failure(bench.query().config(bench.parsed(config.name))).fault() == Fault::not_found);
    CHECK(fault_of(bench(bench.lifecycle().remove({config.name}, {})), config.name) == Fault::not_found);
    bench.run(config);
    CHECK(state_of(bench, config.name) == State::running);
}

TEST_CASE("a stopped workload can be removed") {
    BackendBench bench;
    const auto name = bench.run();
    CHECK_FALSE(fault_of(bench(bench.lifecycle().stop({name}, {})), name));
    CHECK_FALSE(fault_of(bench(bench.lifecycle().remove({name}, {})), name));
    CHECK_FALSE(bench.find(name));
}

TEST_CASE("an update changes how a workload runs and nothing else") {
    BackendBench bench;
    if (bench.update() == nullptr) {
        CHECK(Update::noun == "updating workloads"); // what `thv update` then says is not available
        return;
    }
    const auto name = bench.run();
    auto next = bench(bench.query().config(bench.parsed(name)));
    next.env_vars["COLOUR"] = "red";
    next.image += "-next";
    bench(bench.update()->replace(next, false, {.limit = std::chrono::minutes{1}}));
    CHECK(state_of(bench, name) == State::running);
    const auto after = bench(bench.query().config(bench.parsed(name)));
    CHECK(after.env_vars.at("COLOUR") == "red");
    CHECK(after.image == next.image);
    next.name = next.base_name = next.container_name = "no-such-workload";
    CHECK(bench.failure(bench.update()->replace(next, false, {})).fault() == Fault::not_found);
}
