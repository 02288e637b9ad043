// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"
#include "io/deadline.hpp"
#include "io/race.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <map>

using namespace thv;
using namespace std::chrono_literals;
using test::BackendBench;

TEST_CASE("a list is sorted by name and holds what its filter asks for") {
    BackendBench bench;
    const auto group = bench.fresh_group();
    const auto first = bench.run();
    const auto second = bench.run_in(group);

    const auto all = bench.listed({});
    CHECK(std::ranges::is_sorted(all));
    CHECK(std::ranges::count(all, first) == 1);
    CHECK(std::ranges::count(all, second) == 1);
    CHECK(bench.listed({.group = group.str()}) == std::vector{second});
    CHECK(bench.listed({.labels = {{"contract", first}}}) == std::vector{first});
    CHECK(bench.listed({.group = group.str(), .labels = {{"contract", first}}}).empty());
    CHECK(bench.listed({.labels = {{"contract", "nobody"}}}).empty());
}

TEST_CASE("who does not exist is not found") {
    BackendBench bench;
    CHECK_FALSE(bench.find("no-such-workload"));
    const auto name = bench.parsed("no-such-workload");
    CHECK(bench.failure(bench.query().config(name)).fault() == Fault::not_found);
    const auto ignore = [](const LogLine&) {};
    CHECK(bench.failure(bench.logs().tail(name, {}, ignore)).fault() == Fault::not_found);
}

TEST_CASE("the run config of a workload is what it was run with") {
    BackendBench bench;
    auto config = bench.config();
    config.cmd_args = {"--quiet", "a b"};
    config.limits = {.memory = 256LL << 20, .milli_cpus = 500, .pids = {}};
    // The words are the server's own, which need not take them: it only has to be stored as it is.
    bench(bench.lifecycle().preview(config));
    config.cmd_args.clear();
    config.limits = {};
    const auto name = bench.run(config);
    const auto stored = bench(bench.query().config(bench.parsed(name)));
    CHECK(stored.name == name);
    CHECK(stored.image == config.image);
    CHECK(stored.transport == config.transport);
    CHECK(stored.env_vars.at("COLOUR") == "blue");
    CHECK(stored.group == "default");
}

TEST_CASE("the run configs of all workloads are those that each is asked for by itself") {
    BackendBench bench;
    const auto group = bench.fresh_group();
    const auto first = bench.run();
    const auto second = bench.run_in(group);
    const auto configs = [&](Filter filter) {
        std::map<std::string, std::string> found;
        const auto note = [&found](const std::string& name, const Result<RunConfig>& config) {
            // Others may run something on the same platform, but each only once.
            CHECK(found.emplace(name, config ? to_json(*config) : config.error().message()).second);
        };
        bench(bench.query().scan_configs(std::move(filter), note));
        return found;
    };
    const auto all = configs({});
    for (const auto& name : {first, second})
        CHECK(all.at(name) == to_json(bench(bench.query().config(bench.parsed(name)))));
    CHECK(configs({.group = group.str()}).size() == 1);
    CHECK(configs({.group = group.str()}).contains(second));
    CHECK(configs({.labels = {{"contract", first}}}).contains(first));
    CHECK(configs({.labels = {{"contract", "nobody"}}}).empty());
}

TEST_CASE("the log of a workload that runs can be read to its end") {
    BackendBench bench;
    const auto name = bench.run();
    int lines = 0;
    const auto count = [&lines](const LogLine&) { ++lines; };
    bench(bench.logs().tail(bench.parsed(name), {.lines = 0}, count));
    CHECK(lines == 0);
}

TEST_CASE("a watch tells what is there, what changes, and what is gone") {
    BackendBench bench;
    const auto name = bench.run();
    std::vector<Change> seen;
    const auto note = [&](Change change) { seen.push_back(std::move(change)); };
    const auto told = [&](Change::Kind kind, std::optional<State> state) {
        return std::ranges::any_of(seen, [&](const Change& change) {
            return change.kind == kind && change.workload.name == name && (!state || change.workload.state == *state);
        });
    };
    const auto until = [](auto known) -> Task<> {
        while (!known())
            co_await sleep_for(10ms);
    };
    const auto act = [](BackendBench& b, std::string workload, auto until_told, auto is_told) -> Task<> {
        co_await until_told([&] { return is_told(Change::Kind::appeared, State::running); });
        co_await b.lifecycle().stop({workload}, {});
        co_await until_told([&] { return is_told(Change::Kind::changed, State::stopped); });
        co_await b.lifecycle().remove({workload}, {});
        co_await until_told([&] { return is_told(Change::Kind::gone, std::nullopt); });
    };
    const Filter own{.labels = {{"contract", name}}};
    auto watching = first_of(bench.query().watch(own, note), act(bench, name, until, told));
    bench(with_deadline(std::move(watching), 60s, "watching"));
    CHECK(seen.front().kind == Change::Kind::appeared);
    CHECK(seen.back().kind == Change::Kind::gone);
}
