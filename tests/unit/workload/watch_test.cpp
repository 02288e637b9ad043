// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "support/drive.hpp"
#include "support/fake_engine.hpp"
#include "workload/watch.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

using namespace thv;

namespace {

Workload named(const std::string& name, State state = State::running) {
    Workload workload;
    workload.name = name;
    workload.state = state;
    return workload;
}

/// "appeared fetch running", …
struct Notes {
    std::vector<std::string> lines;
    ChangeSink sink() {
        return [this](const Change& change) {
            const auto* kind = change.kind == Change::Kind::appeared  ? "appeared"
                               : change.kind == Change::Kind::changed ? "changed"
                                                                      : "gone";
            lines.push_back(fmt::format("{} {} {}", kind, change.workload.name, to_string(change.workload.state)));
        };
    }
    std::vector<std::string> take() { return std::exchange(lines, {}); }
};

using Lines = std::vector<std::string>;

} // namespace

TEST_CASE("only what differs from what was told is told") {
    Told told;
    Notes notes;
    told.put(named("a"), notes.sink());
    told.put(named("a"), notes.sink());
    CHECK(notes.take() == Lines{"appeared a running"});
    told.put(named("a", State::stopped), notes.sink());
    CHECK(notes.take() == Lines{"changed a stopped"});
    told.drop("", "", "b", notes.sink());
    told.drop("", "", "a", notes.sink());
    told.drop("", "", "a", notes.sink());
    CHECK(notes.take() == Lines{"gone a stopped"});
}

TEST_CASE("a new listing tells what is new, what is different and what is gone") {
    Told told;
    Notes notes;
    told.replace({named("a"), named("b")}, notes.sink());
    notes.take();
    told.replace({named("b", State::error), named("c")}, notes.sink());
    CHECK(notes.take() == Lines{"changed b error", "appeared c running", "gone a running"});
}

TEST_CASE("workloads of one name are told apart by namespace and kind") {
    Told told;
    Notes notes;
    auto first = named("a");
    first.place = OnCluster{.name_space = "one", .kind = "MCPServer"};
    auto second = named("a", State::stopped);
    second.place = OnCluster{.name_space = "two", .kind = "MCPServer"};
    told.replace({first, second}, notes.sink());
    CHECK(notes.take() == Lines{"appeared a running", "appeared a stopped"});
    told.drop("one", "MCPServer", "a", notes.sink());
    CHECK(notes.take() == Lines{"gone a running"});
}

TEST_CASE("watching by listing outlives an outage and tells afterwards what has changed meanwhile") {
    test::FakeEngine fake;
    fake.add("a");
    Notes notes;
    int round = 0;
    struct Enough {};
    const auto sink = [&](const Change& change) {
        notes.sink()(change);
        if (notes.lines.size() == 2) throw Enough{};
    };
    struct Flaky final : Query {
        test::FakeEngine& inner;
        int& round;
        Flaky(test::FakeEngine& engine, int& rounds)
            : inner(engine)
            , round(rounds) {}
        Task<> scan(Filter filter, WorkloadSink each) override {
            ++round;
            inner.reachable = round != 2;
            if (round == 3) inner.workloads.at("a").state = State::stopped;
            co_await inner.scan(std::move(filter), std::move(each));
        }
        Task<std::optional<Workload>> find(WorkloadName name) override { return inner.find(std::move(name)); }
        Task<RunConfig> config(WorkloadName name) override { return inner.config(std::move(name)); }
        Task<> scan_configs(Filter filter, ConfigSink each) override {
            co_await inner.scan_configs(std::move(filter), std::move(each));
        }
        Task<> watch(Filter, ChangeSink) override { co_return; }
    };
    Flaky query{fake, round};
    CHECK_THROWS_AS(test::drive(watch_by_listing(query, {}, sink, std::chrono::milliseconds{1})), Enough);
    CHECK(notes.lines == Lines{"appeared a running", "changed a stopped"});
    CHECK(round == 3);
}

TEST_CASE("a platform that does not answer at all is told at once") {
    test::FakeEngine fake;
    fake.reachable = false;
    const auto ignore = [](const Change&) {};
    CHECK_THROWS_AS(test::drive(watch_by_listing(fake, {}, ignore, std::chrono::milliseconds{1})), Error);
}
