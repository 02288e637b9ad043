// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"
#include "support/catch.hpp"

#include <algorithm>

using namespace thv;
using test::BackendBench;
using test::fault_of;

namespace {

GroupName named(const std::string& name) {
    return value_or_throw(GroupName::parse(name));
}

} // namespace

TEST_CASE("a group is there when it was made, once, until it is removed") {
    BackendBench bench;
    const auto group = bench.fresh_group();
    const auto groups = bench(bench.grouping().groups());
    CHECK(std::ranges::count(groups, group.str(), &Group::name) == 1);
    CHECK(std::ranges::is_sorted(groups, {}, &Group::name));
    CHECK(bench.failure(bench.grouping().create(group)).fault() == Fault::conflict);
    CHECK(bench(bench.grouping().members(group)).empty());
    bench(bench.grouping().erase(group));
    CHECK(bench.failure(bench.grouping().members(group)).fault() == Fault::not_found);
    CHECK(bench.failure(bench.grouping().erase(group)).fault() == Fault::not_found);
}

TEST_CASE("workloads move between groups, and go on running") {
    BackendBench bench;
    const auto from = bench.fresh_group();
    const auto to = bench.fresh_group();
    const auto name = bench.run_in(from);
    CHECK(bench(bench.grouping().members(from)) == std::vector{name});
    CHECK_FALSE(fault_of(bench(bench.grouping().move({name}, from, to)), name));
    CHECK(bench(bench.grouping().members(from)).empty());
    CHECK(bench(bench.grouping().members(to)) == std::vector{name});
    CHECK(bench.find(name)->group == to.str());
}

TEST_CASE("a workload that is in another group than was said is not moved") {
    BackendBench bench;
    const auto from = bench.fresh_group();
    const auto to = bench.fresh_group();
    const auto name = bench.run();
    CHECK(fault_of(bench(bench.grouping().move({name}, from, to)), name) == Fault::conflict);
    CHECK(bench(bench.grouping().members(to)).empty());
    CHECK_FALSE(fault_of(bench(bench.grouping().move({name}, std::nullopt, to)), name));
    CHECK(bench(bench.grouping().members(to)) == std::vector{name});
    CHECK_FALSE(fault_of(bench(bench.grouping().move({name}, to, named("default"))), name));
    CHECK(bench(bench.grouping().members(to)).empty());
}

TEST_CASE("a workload that does not exist fails alone, and a group that does not exist fails as a whole") {
    BackendBench bench;
    const auto to = bench.fresh_group();
    const auto name = bench.run();
    const auto outcomes = bench(bench.grouping().move({"no-such-workload", name}, std::nullopt, to));
    CHECK(fault_of(outcomes, "no-such-workload") == Fault::not_found);
    CHECK_FALSE(fault_of(outcomes, name));
    CHECK(bench.failure(bench.grouping().move({name}, std::nullopt, named("no-such-group"))).fault() ==
          Fault::not_found);
    CHECK(bench(bench.grouping().members(to)) == std::vector{name});
}

TEST_CASE("a group with members stays") {
    BackendBench bench;
    const auto group = bench.fresh_group();
    const auto name = bench.run_in(group);
    CHECK(bench.failure(bench.grouping().erase(group)).fault() == Fault::conflict);
    CHECK(bench(bench.grouping().members(group)) == std::vector{name});
}
