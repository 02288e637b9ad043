// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "plan/plan.hpp"
#include "support/catch.hpp"

using namespace thv;
using namespace thv::plan;

namespace {

RunConfig workload(const std::string& name, const std::string& image, const std::string& group = "default") {
    RunConfig config;
    config.name = config.base_name = config.container_name = name;
    config.image = image;
    config.transport = Transport::streamable_http;
    config.group = group;
    return config;
}

RunConfig running(RunConfig config, int port) {
    config.port = port;
    config.target_port = port + 1;
    config.container_labels["toolhive"] = "true";
    return config;
}

Current there() {
    Current current{.groups = {"default", "tools"}, .workloads = {}};
    for (const auto& config : {workload("same", "i:1"), workload("old", "i:1"), workload("wanderer", "i:1"),
                               workload("spare", "i:1", "tools"), workload("other", "i:1", "elsewhere")})
        current.workloads.emplace(config.name, running(config, 20000));
    return current;
}

Step::Kind kind_of(const Plan& plan, const std::string& name) {
    for (const auto& step : plan.steps)
        if (step.name == name) return step.kind;
    FAIL("no step for " << name);
    return Step::Kind::nothing;
}

Wanted wanted() {
    return {.groups = {"tools", "fresh"},
            .workloads = {workload("same", "i:1"), workload("old", "i:2"), workload("wanderer", "i:1", "fresh"),
                          workload("new", "i:1")}};
}

} // namespace

TEST_CASE("a plan makes, changes, moves and leaves alone, and removes only when it is asked to") {
    const auto plan = make_plan(there(), wanted(), false);
    CHECK(plan.new_groups == std::vector<std::string>{"fresh"});
    CHECK(kind_of(plan, "same") == Step::Kind::nothing);
    CHECK(kind_of(plan, "old") == Step::Kind::update);
    CHECK(kind_of(plan, "wanderer") == Step::Kind::move);
    CHECK(kind_of(plan, "new") == Step::Kind::create);
    CHECK(plan.steps.size() == 4);
    const auto pruned = make_plan(there(), wanted(), true);
    CHECK(kind_of(pruned, "spare") == Step::Kind::remove);
    CHECK(pruned.steps.size() == 5); // the one in a group that no file names stays
}

TEST_CASE("ports that the file leaves open stay as they are") {
    const auto plan = make_plan(there(), wanted(), false);
    CHECK(plan.steps[1].next.port == 20000);
    CHECK(plan.steps[1].next.target_port == 20001);
    auto chosen = wanted();
    chosen.workloads[0].port = 30000;
    CHECK(kind_of(make_plan(there(), chosen, false), "same") == Step::Kind::update);
}

TEST_CASE("a plan with nothing to do is empty") {
    CHECK(make_plan(there(), {.groups = {"tools"}, .workloads = {workload("same", "i:1")}}, false).empty());
    CHECK_FALSE(make_plan(there(), {.groups = {"fresh"}, .workloads = {}}, false).empty());
}

TEST_CASE("every group that nobody makes is an error that names the workload") {
    const Wanted lost{.groups = {"fresh"},
                      .workloads = {workload("x", "i", "nowhere"), workload("a", "i", "tools"), workload("b", "i"),
                                    workload("c", "i", "fresh"), workload("y", "i", "elsewhere")}};
    const auto missing = missing_groups(there(), lost);
    REQUIRE(missing.size() == 2);
    CHECK(missing[0].message() == "workload 'x': no group named 'nowhere'");
    CHECK(missing[1].message() == "workload 'y': no group named 'elsewhere'");
    CHECK(missing[0].fault() == Fault::not_found);
}

TEST_CASE("a step is described by the fields that differ") {
    const auto plan = make_plan(there(), wanted(), true);
    CHECK(describe(plan.steps[0]).empty());
    CHECK(describe(plan.steps[1]) == "~ old\n- image: i:1\n+ image: i:2\n");
    CHECK(describe(plan.steps[2]) == "~ wanderer\n+ group: fresh\n");
    CHECK(describe(plan.steps[3]) == "+ new\n+ image: i:1\n+ transport: streamable-http\n");
    CHECK(describe(plan.steps[4]) == "- spare\n");
}
