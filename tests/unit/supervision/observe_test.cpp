// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/observe.hpp"
#include "support/catch.hpp"

using namespace thv;
using engine::observe;
using engine::Sighting;

namespace {

RunConfig config_of_fetch() {
    RunConfig config;
    config.name = config.base_name = config.container_name = "fetch";
    config.image = "acme/fetch:1";
    config.port = 4001;
    config.group = "tools";
    config.container_labels = {{"team", "ops"}, {"toolhive", "true"}};
    return config;
}

ContainerInfo container(std::string state) {
    ContainerInfo info;
    info.id = "abc";
    info.name = "fetch";
    info.image = "acme/fetch:1";
    info.state = std::move(state);
    info.labels = {{"toolhive", "true"}, {"toolhive-transport", "stdio"}, {"team", "ops"}};
    return info;
}

Status status(State state, std::string context = "") {
    Status result;
    result.state = state;
    result.context = std::move(context);
    return result;
}

SupervisorReport report(State state, std::string reason = "") {
    SupervisorReport result;
    result.pid = 42;
    result.state = state;
    result.reason = std::move(reason);
    return result;
}

Sighting sighting() {
    Sighting seen;
    seen.name = "fetch";
    seen.config = config_of_fetch();
    return seen;
}

struct Case {
    std::string what;
    std::optional<Status> status;
    std::optional<ContainerInfo> container;
    std::optional<SupervisorReport> supervisor;
    bool owner_alive;
    bool engine_answers;
    State state;
    std::string reason; ///< a part of it
};

} // namespace

TEST_CASE("what is shown is what is true, not what a file says") {
    const std::vector<Case> cases{
        {"a supervisor and a container that run", status(State::running), container("running"), report(State::running),
         false, true, State::running, ""},
        {"a supervisor that waits for the engine", status(State::running), std::nullopt,
         report(State::unhealthy, "waiting"), false, false, State::unhealthy, "waiting"},
        {"a supervisor whose container has just ended", status(State::running), container("exited"),
         report(State::running), false, true, State::starting, "just ended"},
        {"a killed supervisor over a running container", status(State::running), container("running"), std::nullopt,
         false, true, State::unhealthy, "thv start fetch"},
        {"a reboot: the file says running, nothing runs", status(State::running), container("exited"), std::nullopt,
         false, true, State::stopped, "without being stopped"},
        {"a reboot, and the container is gone too", status(State::running), std::nullopt, std::nullopt, false, true,
         State::stopped, "without being stopped"},
        {"stopped on purpose", status(State::stopped), container("exited"), std::nullopt, false, true, State::stopped,
         ""},
        {"a start that failed", status(State::error, "exit 3"), std::nullopt, std::nullopt, false, true, State::error,
         "exit 3"},
        {"a removal that was interrupted", status(State::removing), std::nullopt, std::nullopt, false, true,
         State::stopped, "thv rm"},
        {"a command that is starting it at this moment", status(State::starting), std::nullopt, std::nullopt, true,
         true, State::starting, ""},
        {"upstream's proxy over a running container", status(State::running), container("running"), std::nullopt, true,
         true, State::running, ""},
        {"upstream's proxy over an exited container", status(State::running), container("exited"), std::nullopt, true,
         true, State::unhealthy, "container does not"},
        {"no status file at all", std::nullopt, container("exited"), std::nullopt, false, true, State::stopped, ""},
        {"an engine that does not answer", status(State::running), std::nullopt, std::nullopt, false, false,
         State::unknown, "does not answer"},
    };
    for (const auto& test : cases) {
        INFO(test.what);
        auto seen = sighting();
        seen.status = test.status;
        seen.container = test.container;
        seen.supervisor = test.supervisor;
        seen.status_owner_alive = test.owner_alive;
        seen.engine_answers = test.engine_answers;
        const auto workload = observe(seen);
        CHECK(to_string(workload.state) == to_string(test.state));
        CHECK_THAT(workload.reason, ContainsSubstring(test.reason));
        CHECK(workload.reason.empty() == test.reason.empty());
    }
}

TEST_CASE("a workload is described by its run config, its own labels left out") {
    auto seen = sighting();
    seen.container = container("running");
    const auto workload = observe(seen);
    CHECK(workload.package == "acme/fetch:1");
    CHECK(workload.url == "http://127.0.0.1:4001/mcp");
    CHECK(workload.group == "tools");
    CHECK(workload.labels == std::map<std::string, std::string>{{"team", "ops"}});
    CHECK(std::get<OnEngine>(workload.place).container_id == "abc");
}

TEST_CASE(
    "a remote server is what its supervisor says, whatever the engine knows, and shown without what may be a key") {
    auto seen = sighting();
    seen.config->remote_url = "https://h.example/mcp?key=secret";
    seen.engine_answers = GENERATE(true, false);
    seen.supervisor.emplace();
    seen.supervisor->state = State::unhealthy;
    seen.supervisor->reason = "it is away";
    const auto workload = observe(seen);
    CHECK(workload.state == State::unhealthy);
    CHECK(workload.reason == "it is away");
    CHECK(workload.package == "remote");
    CHECK(std::get<Remote>(workload.place).url == "https://h.example/mcp");
    seen.supervisor.reset();
    CHECK(observe(seen).state == State::stopped);
    seen.status.reset();
    CHECK(observe(seen).state == State::stopped);
}

TEST_CASE("a container without a run config is shown by what the engine knows") {
    Sighting seen;
    seen.name = "fetch";
    seen.container = container("exited");
    const auto workload = observe(seen);
    CHECK(workload.state == State::stopped);
    CHECK(workload.package == "acme/fetch:1");
    CHECK(workload.transport == "stdio");
    CHECK(workload.url.empty());
    CHECK_THAT(workload.reason, ContainsSubstring("no run config"));
}

TEST_CASE("a broken state file is the reason that is shown, and an error unless the workload serves all the same") {
    auto seen = sighting();
    seen.config.reset();
    seen.broken = Error{Fault::usage, "'fetch.json' is not JSON"};
    CHECK(observe(seen).state == State::error);
    CHECK_THAT(observe(seen).reason, ContainsSubstring("not JSON"));
    seen.container = container("running");
    seen.supervisor = report(State::running);
    CHECK(observe(seen).state == State::running);
    CHECK_THAT(observe(seen).reason, ContainsSubstring("not JSON"));
}

TEST_CASE("a PID from a status file counts only when the process is a thv for that name and older than the file") {
    const Time written = value_or_throw(parse_rfc3339("2026-03-01T12:00:00Z"));
    const engine::StatusOwner owner{.pid = 7, .written = written, .name = "fetch"};
    const std::vector<std::string> own{"/usr/bin/thv", "start", "fetch", "--foreground"};
    CHECK(engine::is_owner(owner, own, written - std::chrono::minutes{1}));
    CHECK(engine::is_owner(owner, {"thv", "run", "--name", "fetch", "acme/fetch"}, written));
    CHECK_FALSE(engine::is_owner(owner, own, written + std::chrono::minutes{1}));
    CHECK_FALSE(engine::is_owner(owner, {"/usr/bin/thv", "start", "fetch-two", "--foreground"}, written));
    CHECK_FALSE(engine::is_owner(owner, {"/bin/sleep", "fetch"}, written));
    CHECK_FALSE(engine::is_owner(owner, {}, written));
}

TEST_CASE("what is stopped or failed is shown with --all only") {
    for (const auto state : {State::running, State::starting, State::stopping, State::unhealthy, State::unknown})
        CHECK(engine::shown_by_default(state));
    for (const auto state : {State::stopped, State::error, State::policy_stopped})
        CHECK_FALSE(engine::shown_by_default(state));
}
