// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/lifecycle.hpp"
#include "cluster/update.hpp"
#include "support/catch.hpp"
#include "support/cluster_parts.hpp"
#include "support/object_store.hpp"

#include <chrono>

using namespace thv;
using namespace thv::cluster;
using namespace std::chrono_literals;
using thv::test::ObjectStore;

namespace {

using Texts = std::vector<std::string>;

constexpr auto finalizer = "mcpserver.toolhive.stacklok.dev/finalizer";

/// A server "fetch" that serves, with its pods, as the store has it.
void put_server(ObjectStore& store) {
    auto seen = test::serving_server();
    seen.object["metadata"]["finalizers"] = Json::array({finalizer});
    store.put("mcpservers", seen.object);
    store.put("deployments", seen.deployment);
    store.put("statefulsets", seen.stateful_set);
    for (auto pod : {seen.server_pods[0], seen.proxy_pods[0]}) {
        pod["metadata"]["labels"]["toolhive-name"] = "fetch";
        store.put("pods", pod);
    }
}

/// Does at once what operator and controllers do when replicas change.
void follow_replicas(ObjectStore& store) {
    auto object = store.find("mcpservers", "fetch");
    auto deployment = store.find("deployments", "fetch");
    if (object.is_null() || !object["spec"].contains("replicas")) return;
    const auto wanted = object["spec"]["replicas"];
    if (deployment["spec"]["replicas"] == wanted) return;
    for (const auto* count : {"replicas", "updatedReplicas", "readyReplicas"})
        deployment["status"][count] = wanted;
    deployment["spec"]["replicas"] = wanted;
    store.put("deployments", deployment);
    object["status"]["phase"] = wanted == 0 ? "Stopped" : "Ready";
    store.put("mcpservers", object);
    if (wanted == 0) store.drop("pods", "fetch-7d-x");
}

void scale_set(ObjectStore& store, int replicas) {
    auto set = store.find("statefulsets", "fetch");
    set["spec"]["replicas"] = replicas;
    store.put("statefulsets", set);
}

Error only_error(const std::vector<Outcome>& outcomes) {
    REQUIRE(outcomes.size() == 1);
    REQUIRE(outcomes[0].error);
    return *outcomes[0].error;
}

std::vector<Outcome> stop(ObjectStore& store, Ending ending = {}) {
    cluster::Lifecycle lifecycle{store.server.api()};
    return store.server.run(lifecycle.stop({"fetch"}, std::move(ending)));
}

std::vector<Outcome> remove(ObjectStore& store, Ending ending = {}) {
    cluster::Lifecycle lifecycle{store.server.api()};
    return store.server.run(lifecycle.remove({"fetch"}, std::move(ending)));
}

bool contains(const Texts& texts, const std::string& part) {
    return std::ranges::any_of(texts, [&](const auto& text) { return text.find(part) != std::string::npos; });
}

} // namespace

TEST_CASE("a stop that somebody else's write comes in between is done again on what is there then") {
    ObjectStore store;
    put_server(store);
    store.before("PATCH mcpservers/fetch", [&] {
        auto object = store.find("mcpservers", "fetch");
        object["spec"]["replicas"] = 4;
        store.put("mcpservers", object);
    });
    const auto outcomes = stop(store, {.wait = false});
    CHECK_FALSE(outcomes[0].error);
    const auto object = store.find("mcpservers", "fetch");
    CHECK(object["spec"]["replicas"] == 0);
    CHECK(object["metadata"]["annotations"]["thv.dev/replicas"] == R"({"proxy":4,"server":1})");
    CHECK(store.find("statefulsets", "fetch")["spec"]["replicas"] == 0);
}

TEST_CASE("a stop holds down a server that a proxy brings up again while it stops") {
    ObjectStore store;
    put_server(store);
    int raised = 0;
    store.after_write = [&] {
        follow_replicas(store);
        if (store.find("statefulsets", "fetch")["spec"]["replicas"] != 0) return;
        if (raised++ == 0)
            scale_set(store, 1);
        else
            store.drop("pods", "fetch-0");
    };
    Texts told;
    Ending ending;
    ending.progress = [&](std::string_view line) { told.emplace_back(line); };
    CHECK_FALSE(stop(store, ending)[0].error);
    CHECK(store.find("statefulsets", "fetch")["spec"]["replicas"] == 0);
    CHECK(told == Texts{"fetch: its server is not scaled down yet"});
}

TEST_CASE("a forced stop gives pods no time, and a stop that is not done says which pod it waits for") {
    ObjectStore store;
    put_server(store);
    store.after_write = [&] { follow_replicas(store); };
    const auto late = only_error(stop(store, {.timeout = 300ms}));
    CHECK(late.fault() == Fault::timed_out);
    CHECK(late.message() == "'fetch' has not stopped after 0 s: pod fetch-0 is ending");
    CHECK_FALSE(stop(store, {.force = true})[0].error);
    CHECK(contains(store.writes, "DELETE pods/fetch-0"));
    CHECK(contains(store.writes, R"("gracePeriodSeconds":0)"));
    CHECK(store.find("pods", "fetch-0").is_null());
}

TEST_CASE("an operator that is too old to stop a server is told of") {
    ObjectStore store;
    put_server(store);
    auto object = store.find("mcpservers", "fetch");
    store.server.on("PATCH /apis/toolhive.stacklok.dev/v1beta1/namespaces/tools/mcpservers/fetch",
                    {test::json(object.dump())});
    const auto error = only_error(stop(store, {.wait = false}));
    CHECK(error.fault() == Fault::unsupported);
    CHECK(error.message().find("too old") != std::string::npos);
}

TEST_CASE("a workload that is gone by the time it is removed was removed") {
    ObjectStore store;
    put_server(store);
    store.before("DELETE mcpservers/fetch", [&] {
        for (const auto* plural : {"mcpservers", "deployments", "statefulsets"})
            store.drop(plural, "fetch");
        store.drop("pods", "fetch-0");
        store.drop("pods", "fetch-7d-x");
    });
    CHECK_FALSE(remove(store)[0].error);
    CHECK(only_error(remove(store)).fault() == Fault::not_found);
}

TEST_CASE("a new workload of the name is not removed in the old one's place") {
    ObjectStore store;
    put_server(store);
    store.before("DELETE mcpservers/fetch", [&] {
        for (const auto* plural : {"mcpservers", "deployments", "statefulsets"}) {
            auto object = store.find(plural, "fetch");
            object["metadata"]["uid"] = "new";
            store.put(plural, object);
        }
    });
    CHECK_FALSE(remove(store)[0].error);
    CHECK(store.find("mcpservers", "fetch")["metadata"]["uid"] == "new");
}

TEST_CASE("a forced removal does the operator's part, and leaves to the cluster what belongs to what is removed") {
    ObjectStore store;
    put_server(store);
    const Json owned = Json::array({{{"kind", "StatefulSet"}, {"uid", "c-fetch"}}});
    store.put("services", {{"metadata", {{"name", "mcp-fetch"}, {"uid", "s1"}, {"ownerReferences", owned}}}});
    store.put("services", {{"metadata", {{"name", "mcp-fetch-headless"}, {"uid", "s2"}}}});
    store.put("configmaps", {{"metadata", {{"name", "fetch-runconfig"}, {"uid", "m"}}}});
    store.after_write = [&] {
        if (!store.find("mcpservers", "fetch").is_null()) return;
        store.drop("deployments", "fetch"); // by the garbage collector
        store.drop("pods", "fetch-7d-x");
        if (store.find("statefulsets", "fetch").is_null()) store.drop("pods", "fetch-0");
    };
    Texts told;
    Ending ending{.force = true};
    ending.progress = [&](std::string_view line) { told.emplace_back(line); };
    CHECK_FALSE(remove(store, ending)[0].error);
    CHECK(store.find("statefulsets", "fetch").is_null());
    CHECK(store.find("services", "mcp-fetch-headless").is_null());
    CHECK(store.find("configmaps", "fetch-runconfig").is_null());
    CHECK_FALSE(store.find("services", "mcp-fetch").is_null());
    CHECK(contains(told, "removing the finalizer mcpserver.toolhive.stacklok.dev/finalizer"));
}

TEST_CASE("a server that a late proxy makes again is removed with the workload, and a stranger's is not") {
    for (const bool ours : {true, false}) {
        CAPTURE(ours);
        ObjectStore store;
        put_server(store);
        bool done = false;
        store.after_write = [&] {
            if (std::exchange(done, true)) {
                if (store.find("statefulsets", "fetch").is_null()) store.drop("pods", "fetch-0");
                return;
            }
            store.drop("mcpservers", "fetch"); // by the operator, and the rest by the garbage collector
            store.drop("deployments", "fetch");
            store.drop("pods", "fetch-7d-x");
            auto again = test::controller("fetch");
            again["metadata"]["uid"] = "again";
            if (ours)
                again["metadata"]["labels"]["toolhive"] = "true";
            else
                store.drop("pods", "fetch-0");
            store.put("statefulsets", again);
        };
        CHECK_FALSE(remove(store)[0].error);
        CHECK(store.find("statefulsets", "fetch").is_null() == ours);
    }
}

TEST_CASE("without force a removal that hangs names the finalizer and what helps") {
    ObjectStore store;
    put_server(store);
    const auto error = only_error(remove(store, {.timeout = 300ms}));
    CHECK(error.fault() == Fault::timed_out);
    CHECK(error.message().find("held by the finalizer mcpserver.toolhive.stacklok.dev/finalizer") != std::string::npos);
    CHECK(error.hint().find("thv rm --force fetch") != std::string::npos);
    CHECK_FALSE(store.find("mcpservers", "fetch").is_null());
}

TEST_CASE("what an MCPServer cannot say is refused before anything is asked of the cluster") {
    ObjectStore store;
    RunConfig config;
    config.name = config.base_name = config.container_name = "fetch";
    config.image = "image:1";
    config.publish = {"8000:80"};
    cluster::Lifecycle lifecycle{store.server.api()};
    CHECK_THROWS_WITH(store.server.run(lifecycle.run(config, {})), "not available on a cluster: --publish");
    CHECK(store.server.seen().empty());
}

// Updates.

namespace {

RunConfig next_config() {
    RunConfig config;
    config.name = config.base_name = config.container_name = "fetch";
    config.image = "image:2";
    return config;
}

} // namespace

TEST_CASE("an update adopts what was created even when somebody writes in between, and makes nothing anew") {
    ObjectStore store;
    put_server(store);
    auto object = store.find("mcpservers", "fetch");
    object["metadata"]["managedFields"] =
        Json::array({{{"manager", "thv"}, {"operation", "Update"}, {"fieldsV1", {{"f:spec", Json::object()}}}}});
    store.put("mcpservers", object);
    store.before("PATCH mcpservers/fetch", [&] { store.put("mcpservers", store.find("mcpservers", "fetch")); });
    cluster::Update update{store.server.api()};
    store.server.run(update.replace(next_config(), false, {.wait = false}));
    REQUIRE(store.writes.size() == 2);
    CHECK(store.writes[0].starts_with(R"(PATCH mcpservers/fetch [{"op":"replace","path":"/metadata/managedFields")"));
    CHECK(store.writes[1].find(R"("uid":"u-fetch")") != std::string::npos);
    CHECK(store.find("mcpservers", "fetch")["metadata"]["managedFields"][0]["operation"] == "Apply");
}

TEST_CASE("an update of one that is removed just now makes no new one") {
    ObjectStore store;
    put_server(store);
    store.server.on("PATCH /apis/toolhive.stacklok.dev/v1beta1/namespaces/tools/mcpservers/fetch",
                    {test::refuses(409, "Conflict", "uid mismatch: no existing object was found")});
    cluster::Update update{store.server.api()};
    CHECK_THROWS_WITH(store.server.run(update.replace(next_config(), false, {})), "'fetch' was removed meanwhile");
}

TEST_CASE("an update renews a URL that leads nowhere") {
    ObjectStore store;
    put_server(store);
    cluster::Update update{store.server.api()};
    auto config = next_config();
    config.port = 9090;
    const auto url = store.server.run(update.replace(config, false, {.wait = false}));
    CHECK(url.empty());
    CHECK(contains(store.writes,
                   R"(PATCH mcpservers/fetch/status {"metadata":{"uid":"u-fetch"},"status":{"url":null}})"));
}
