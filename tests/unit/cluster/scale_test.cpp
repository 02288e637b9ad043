// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/removal.hpp"
#include "cluster/scale.hpp"
#include "support/catch.hpp"
#include "support/cluster_parts.hpp"

using namespace thv;
using namespace thv::cluster;
using thv::test::serving_server;

namespace {

constexpr auto remembered = "thv.dev/replicas";

void remember(Sighting& seen, const std::string& note) {
    seen.object["metadata"]["annotations"][remembered] = note;
}

} // namespace

TEST_CASE("a stop remembers how many pods there were") {
    auto seen = serving_server();
    seen.object["spec"]["replicas"] = 2;
    seen.stateful_set["spec"]["replicas"] = 3;
    const auto patch = stop_patch(seen);
    REQUIRE(patch);
    CHECK((*patch)["spec"]["replicas"] == 0);
    CHECK((*patch)["metadata"]["annotations"][remembered] == R"({"proxy":2,"server":3})");
}

TEST_CASE("a second stop does not remember that there are none") {
    auto seen = serving_server();
    seen.object["spec"]["replicas"] = 0;
    seen.deployment["spec"]["replicas"] = 0;
    seen.stateful_set["spec"]["replicas"] = 0;
    remember(seen, R"({"proxy":2,"server":3})");
    CHECK_FALSE(stop_patch(seen));
    // Somebody else has stopped what we had stopped and started before: what was remembered then is still true.
    seen.object["spec"]["replicas"] = 1;
    CHECK(stop_patch(seen)->at("metadata").at("annotations").at(remembered) == R"({"proxy":1,"server":3})");
}

TEST_CASE("the counts to start with are what runs, what was remembered, what is asked for, or one") {
    auto seen = serving_server();
    seen.stateful_set = nullptr;
    CHECK(running_counts(seen).proxy == 1);
    CHECK(running_counts(seen).server == 1);
    seen.deployment["spec"]["replicas"] = 4; // nothing is asked for: an autoscaler decides
    CHECK(running_counts(seen).proxy == 4);
    seen.object["spec"]["backendReplicas"] = 5;
    CHECK(running_counts(seen).server == 5);
    seen.object["spec"]["replicas"] = 0;
    remember(seen, R"({"proxy":2,"server":3})");
    CHECK(running_counts(seen).proxy == 2);
    CHECK(running_counts(seen).server == 3);
    for (const auto* note : {"", "x", "[1]", R"({"proxy":-2,"server":"3"})", R"({"proxy":1e3})"}) {
        seen.object["spec"].erase("backendReplicas");
        remember(seen, note);
        CHECK(running_counts(seen).proxy == 1);
        CHECK(running_counts(seen).server == 1);
    }
    remember(seen, R"({"proxy":99999999999})");
    CHECK(running_counts(seen).proxy == 10'000);
}

TEST_CASE("a start brings back what was remembered and forgets it; one that runs is left alone") {
    auto seen = serving_server();
    CHECK_FALSE(start_patch(seen));
    CHECK_FALSE(is_stopped(seen));
    seen.object["spec"]["replicas"] = 0;
    remember(seen, R"({"proxy":2,"server":3})");
    CHECK(is_stopped(seen));
    CHECK(*start_patch(seen) ==
          Json{{"metadata", {{"annotations", {{remembered, nullptr}}}}}, {"spec", {{"replicas", 2}}}});
    seen.object["spec"]["replicas"] = 1; // somebody else has started it
    CHECK(*start_patch(seen) == Json{{"metadata", {{"annotations", {{remembered, nullptr}}}}}});
}

TEST_CASE("a proxy that was scaled to nothing behind the object's back is started, too") {
    auto seen = serving_server();
    seen.deployment["spec"]["replicas"] = 0;
    CHECK(is_stopped(seen));
    CHECK(start_patch(seen)->at("spec").at("replicas") == 1);
}

// Removing.

namespace {

constexpr auto finalizer = "mcpserver.toolhive.stacklok.dev/finalizer";

Sighting leaving(const Json& finalizers) {
    auto seen = serving_server();
    seen.object["metadata"]["deletionTimestamp"] = "2026-03-01T10:00:00Z";
    seen.object["metadata"]["finalizers"] = finalizers;
    return seen;
}

} // namespace

TEST_CASE("while a removal hangs, it is told who holds it and since when") {
    const auto before = serving_server();
    CHECK(
        removed(before, leaving(Json::array({finalizer, "other"}))).why ==
        "held by the finalizer mcpserver.toolhive.stacklok.dev/finalizer, other, which its controller has not removed "
        "since 2026-03-01T10:00:00Z");
    CHECK(removed(before, before).why == "waiting for the cluster to remove it");
}

TEST_CASE("a workload is gone when everything that ran for it is") {
    const auto before = serving_server();
    auto seen = before;
    seen.object = nullptr;
    CHECK(removed(before, seen).why == "its server is still there");
    seen.stateful_set = nullptr;
    CHECK(removed(before, seen).why == "its proxy is still there");
    seen.deployment = nullptr;
    CHECK(removed(before, seen).why == "pod fetch-0 is ending");
    seen.server_pods.clear();
    seen.proxy_pods[0]["status"]["phase"] = "Succeeded";
    CHECK(removed(before, seen).kind == Verdict::Kind::reached);
}

TEST_CASE("a server that a late proxy has made again is not left behind") {
    const auto before = serving_server();
    auto seen = before;
    seen.object = seen.deployment = nullptr;
    seen.proxy_pods.clear();
    auto& server = seen.stateful_set["metadata"];
    server["uid"] = "another";
    server["labels"]["toolhive"] = "true";
    CHECK(removed(before, seen).why == "its server was made again by a proxy that was just starting");
    server["ownerReferences"] = Json::array({{{"uid", "o"}}}); // goes with its owner
    CHECK(removed(before, seen).why == "pod fetch-0 is ending");
}

TEST_CASE("a new workload of the name does not keep a removal waiting") {
    const auto before = serving_server();
    auto seen = before;
    seen.object["metadata"]["uid"] = "another";
    seen.deployment["metadata"]["uid"] = seen.stateful_set["metadata"]["uid"] = "another";
    CHECK(removed(before, seen).kind == Verdict::Kind::reached);
}

TEST_CASE("only the operator's own finalizer is taken away, and only when nothing else holds the object") {
    CHECK(release_patch(leaving(Json::array({finalizer})).object).dump() ==
          R"([{"op":"test","path":"/metadata/uid","value":"u-fetch"},)"
          R"({"op":"test","path":"/metadata/finalizers","value":["mcpserver.toolhive.stacklok.dev/finalizer"]},)"
          R"({"op":"remove","path":"/metadata/finalizers"}])");
    CHECK(release_patch(leaving(Json::array({finalizer, "other"})).object).is_null());
    CHECK(release_patch(leaving(Json::array({"other"})).object).is_null());
    CHECK(release_patch(leaving(Json::array()).object).is_null());
    auto staying = leaving(Json::array({finalizer})).object;
    staying["metadata"].erase("deletionTimestamp");
    CHECK(release_patch(staying).is_null());
}
