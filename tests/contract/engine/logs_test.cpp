// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"
#include "engine/list.hpp"
#include "engine/logs.hpp"
#include "io/deadline.hpp"
#include "support/temp_folder.hpp"

#include <algorithm>

using namespace thv;
using namespace std::chrono_literals;
using thv::test::EngineBench;

namespace {

/// The logs of workloads whose files are in a folder of the test's own.
struct LogBench : EngineBench {
    test::TempFolder folder;
    Paths paths{.config = folder.path(),
                .state = folder.path(),
                .data = folder.path(),
                .cache = folder.path(),
                .runtime = folder.path()};
    RunConfigs run_configs{paths.run_configs()};
    engine::EngineLogs logs{connector, run_configs, paths};

    std::vector<std::string> lines(TailOptions options) {
        std::vector<std::string> seen;
        (*this)(logs.tail(value_or_throw(WorkloadName::parse(name())), options,
                          [&](const LogLine& line) { seen.emplace_back(line.text); }));
        return seen;
    }
};

} // namespace

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

TEST_CASE("the log of a server that speaks over stdio is its stderr, the last lines of it too") {
    LogBench bench;
    const auto id = bench.started({"err", "one", "err", "two", "lines", "200"});
    bench(bench.containers.wait(id));
    CHECK(bench.lines({}) == std::vector<std::string>{"one", "two"});
    TailOptions last;
    last.lines = 1;
    CHECK(bench.lines(last) == std::vector<std::string>{"two"});
}

TEST_CASE("the log since a time leaves out what is older, and timestamps tell the time of each line") {
    LogBench bench;
    const auto id = bench.started({"err", "old", "nap", "1500", "err", "new"});
    bench(bench.containers.wait(id));
    const auto info = bench(bench.containers.inspect(id));
    TailOptions options;
    options.since = *info->started_at + 750ms;
    CHECK(bench.lines(options) == std::vector<std::string>{"new"});
    options.timestamps = true;
    const auto stamped = bench.lines(options);
    REQUIRE(stamped.size() == 1);
    CHECK(stamped[0].ends_with(" new"));
    CHECK(parse_rfc3339(stamped[0].substr(0, stamped[0].find(' '))));
}

TEST_CASE("a follower sees the last lines, then what is written, and goes on with the next container") {
    LogBench bench;
    bench.run_configs.create(bench.config({"sleep"}));
    bench.started({"lines", "3", "err", "a", "err", "b", "nap", "700", "err", "c"});
    TailOptions options;
    options.follow = true;
    options.lines = 1;
    std::vector<std::string> seen;
    // The two lines are there before anybody follows.
    for (int round = 0; round < 100 && bench.lines({}).size() < 2; ++round)
        bench(sleep_for(20ms));
    const auto follow = [](LogBench& b, TailOptions o, std::vector<std::string>& lines) -> Task<> {
        const auto collect = [&](const LogLine& line) {
            lines.emplace_back(line.text);
            if (line.text == "d") b.run_configs.erase(b.name());
        };
        co_await b.logs.tail(value_or_throw(WorkloadName::parse(b.name())), o, collect);
    };
    const auto restart = [](LogBench& b, const std::vector<std::string>& lines) -> Task<> {
        while (std::ranges::count(lines, "c") == 0)
            co_await sleep_for(20ms);
        const auto id = co_await b.containers.create(b.config({"err", "d"}));
        co_await b.containers.start(id);
    };
    asio::co_spawn(bench.context, restart(bench, seen), [](std::exception_ptr failure) { CHECK(!failure); });
    bench(with_deadline(follow(bench, options, seen), 20s, "following"));
    CHECK(seen == std::vector<std::string>{"b", "c", "d"});
}

TEST_CASE("the log of a workload that nobody knows is not found, and one without a container is empty") {
    LogBench bench;
    const auto name = value_or_throw(WorkloadName::parse(bench.name()));
    const auto ignore = [](const LogLine&) {};
    CHECK(bench.failure(bench.logs.tail(name, {}, ignore)).fault() == Fault::not_found);
    bench.run_configs.create(bench.config({"sleep"}));
    CHECK(bench.lines({}).empty());
}

TEST_CASE("one request lists our containers with what they are, and nobody else's") {
    EngineBench bench;
    const auto id = bench.started({"sleep"});
    bench.foreign(bench.name() + "-other", {{"toolhive", "false"}});
    bench.foreign(bench.name() + "-egress", {{"toolhive", "true"}, {"toolhive-auxiliary-workload", "true"}});
    const auto all = bench(engine::list_managed(bench.api()));
    REQUIRE(all.size() == 1);
    CHECK(all[0].id == id);
    CHECK(all[0].name == bench.name());
    CHECK(all[0].running());
    CHECK(all[0].labels.at("toolhive-basename") == bench.name());
    REQUIRE(all[0].created_at);
    CHECK(*all[0].created_at > now() - 60s);
}
