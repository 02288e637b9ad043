// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "support/drive.hpp"
#include "support/fake_engine.hpp"
#include "vmcp/discoverer.hpp"

#include <map>
#include <string>
#include <vector>

using namespace thv;
using namespace thv::vmcp;
using test::FakeEngine;

namespace {

struct FakeAuths final : OutgoingAuths {
    std::vector<OutgoingAuth> known;
    int asked = 0;
    Task<std::vector<OutgoingAuth>> outgoing_auths() override {
        ++asked;
        co_return known;
    }
};

GroupName tools() {
    return value_or_throw(GroupName::parse("tools"));
}

/// A member of the group "tools" on a cluster.
Workload& add_on_cluster(FakeEngine& fake, const std::string& name, OnCluster place, State state = State::running) {
    auto& workload = fake.add(name, state, "tools");
    place.name_space = "prod";
    workload.place = std::move(place);
    workload.url = "http://mcp-" + name + "-proxy.prod.svc.cluster.local:8080/mcp";
    return workload;
}

FakeEngine with_group() {
    FakeEngine fake;
    fake.group_files["tools"] = {.name = "tools", .registered_clients = {}};
    return fake;
}

Discovery discover(FakeEngine& fake, OutgoingAuths* auths = nullptr, std::optional<AuthConfig> config = {}) {
    Discoverer discoverer{fake, fake, auths, std::move(config)};
    return test::drive(discoverer.discover(tools()));
}

} // namespace

TEST_CASE("the members of a group on an engine become backends") {
    auto fake = with_group();
    fake.add("github", State::stopped, "tools");
    fake.add("fetch", State::running, "tools").proxy_mode = "sse";
    fake.add("other");
    const auto discovery = discover(fake);
    CHECK(discovery.failed.empty());
    REQUIRE(discovery.backends.size() == 2);
    const auto& fetch = discovery.backends[0];
    CHECK(fetch.id == "fetch");
    CHECK(fetch.name == "fetch");
    CHECK(fetch.base_url == fake.workloads["fetch"].url);
    CHECK(fetch.transport == "sse");
    CHECK(fetch.health == Health::healthy);
    CHECK(fetch.metadata == std::map<std::string, std::string>{{"group", "tools"}, {"workload_status", "running"}});
    CHECK_FALSE(fetch.auth);
    CHECK(discovery.backends[1].health == Health::unhealthy);
    CHECK(discovery.backends[1].transport == "streamable-http");
}

TEST_CASE("the three kinds of a cluster become backends with what is known of them") {
    auto fake = with_group();
    add_on_cluster(fake, "a", {.kind = "MCPServer", .phase = "Ready", .annotations = {{"team", "web"}}});
    add_on_cluster(fake, "b", {.kind = "MCPRemoteProxy", .phase = "Ready", .remote_url = "https://b.example"});
    add_on_cluster(fake, "c", {.kind = "MCPServerEntry", .phase = "Valid", .remote_url = "https://c.example/mcp"});
    const auto discovery = discover(fake);
    REQUIRE(discovery.backends.size() == 3);
    CHECK(discovery.backends[0].metadata == std::map<std::string, std::string>{{"team", "web"},
                                                                               {"tool_type", "mcp"},
                                                                               {"workload_type", "mcp_server"},
                                                                               {"workload_status", "Ready"},
                                                                               {"namespace", "prod"},
                                                                               {"group", "tools"}});
    CHECK(discovery.backends[1].metadata.at("workload_type") == "remote_proxy");
    CHECK(discovery.backends[1].metadata.at("remote_url") == "https://b.example");
    CHECK(discovery.backends[2].metadata.at("workload_type") == "server_entry");
    CHECK(discovery.backends[2].base_url == "https://c.example/mcp");
}

TEST_CASE("a member that cannot be a backend is reported and hides no other") {
    auto fake = with_group();
    add_on_cluster(fake, "fine", {.kind = "MCPServer", .phase = "Ready"});
    add_on_cluster(fake, "young", {.kind = "MCPServer", .phase = "Pending"}, State::starting).url = "";
    add_on_cluster(fake, "bad", {.kind = "MCPServerEntry", .phase = "Failed", .remote_url = "https://x"}, State::error);
    add_on_cluster(fake, "lost", {.kind = "MCPServer", .phase = "Ready", .auth_config = "gone"});
    add_on_cluster(fake, "odd", {.kind = "MCPServer", .phase = "Ready", .auth_config = "bearer"});
    FakeAuths auths;
    auths.known = {{.name = "bearer", .type = "bearerToken", .settings = {}}};
    const auto discovery = discover(fake, &auths);
    REQUIRE(discovery.backends.size() == 1);
    CHECK(discovery.backends[0].name == "fine");
    std::map<std::string, Fault> failed;
    for (const auto& [name, error] : discovery.failed)
        failed.emplace(name, error->fault());
    CHECK(failed == std::map<std::string, Fault>{{"young", Fault::unreachable},
                                                 {"bad", Fault::conflict},
                                                 {"lost", Fault::not_found},
                                                 {"odd", Fault::unsupported}});
}

TEST_CASE("authentication is listed once, and only when a member refers to it and it counts") {
    auto fake = with_group();
    FakeAuths auths;
    auths.known = {{.name = "github", .type = "headerInjection", .settings = {}}};
    add_on_cluster(fake, "a", {.kind = "MCPServer", .phase = "Ready"});
    discover(fake, &auths);
    CHECK(auths.asked == 0);
    add_on_cluster(fake, "b", {.kind = "MCPServer", .phase = "Ready", .auth_config = "github"});
    add_on_cluster(fake, "c", {.kind = "MCPServer", .phase = "Ready", .auth_config = "github"});
    auto discovery = discover(fake, &auths);
    CHECK(auths.asked == 1);
    REQUIRE(discovery.backends.size() == 3);
    CHECK_FALSE(discovery.backends[0].auth);
    REQUIRE(discovery.backends[1].auth);
    CHECK(discovery.backends[1].auth->type == "header_injection");

    discovery = discover(fake, &auths, AuthConfig{});
    CHECK(auths.asked == 1);
    for (const auto& backend : discovery.backends)
        CHECK_FALSE(backend.auth);
}

TEST_CASE("a group that does not exist is an error, and one without members is none") {
    FakeEngine fake;
    CHECK_THROWS_AS(discover(fake), Error);
    fake = with_group();
    CHECK(discover(fake).backends.empty());
}

TEST_CASE("health is what a virtual MCP server understands of a state") {
    CHECK(health_of(State::running) == Health::healthy);
    CHECK(health_of(State::starting) == Health::unknown);
    CHECK(health_of(State::unknown) == Health::unknown);
    CHECK(health_of(State::unauthenticated) == Health::unauthenticated);
    CHECK(health_of(State::auth_retrying) == Health::degraded);
    for (const auto state :
         {State::stopped, State::error, State::stopping, State::removing, State::unhealthy, State::policy_stopped})
        CHECK(health_of(state) == Health::unhealthy);
    CHECK(to_string(Health::degraded) == "degraded");
}
