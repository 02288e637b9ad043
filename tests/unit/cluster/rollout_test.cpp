// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/restart.hpp"
#include "cluster/rollout.hpp"
#include "support/catch.hpp"
#include "support/cluster_parts.hpp"

#include <functional>
#include <vector>

using namespace thv;
using namespace thv::cluster;
using thv::test::controller;
using thv::test::serving_server;
using thv::test::troubled;

namespace {

using Change = std::function<void(Sighting&)>;

struct Case {
    std::string why; ///< expected; empty: it is reached
    Change change;
    Verdict::Kind kind = Verdict::Kind::waiting;
};

void check(const std::vector<Case>& cases, const std::function<Sighting()>& make,
           const std::function<Verdict(const Sighting&)>& judge) {
    for (const auto& [why, change, kind] : cases) {
        auto seen = make();
        change(seen);
        const auto verdict = judge(seen);
        INFO(why);
        CHECK(verdict.why == why);
        CHECK(verdict.kind == (why.empty() ? Verdict::Kind::reached : kind));
    }
}

Sighting stopped_server() {
    auto seen = serving_server();
    seen.object["spec"]["replicas"] = 0;
    seen.object["status"]["phase"] = "Stopped";
    seen.deployment["spec"]["replicas"] = 0;
    seen.stateful_set["spec"]["replicas"] = 0;
    seen.server_pods.clear();
    seen.proxy_pods.clear();
    return seen;
}

} // namespace

TEST_CASE("a server serves when the operator, its proxy and its own pods say so in their newest form") {
    check(
        {
            {"", [](Sighting&) {}},
            {"waiting for the operator to see it", [](Sighting& s) { s.object["metadata"]["generation"] = 2; }},
            {"waiting for the operator to see it", [](Sighting& s) { s.object.erase("status"); }},
            {"waiting for the operator to make its proxy", [](Sighting& s) { s.deployment = nullptr; }},
            {"waiting for the operator to scale its proxy", [](Sighting& s) { s.object["spec"]["replicas"] = 2; }},
            {"waiting for the operator to change its proxy",
             [](Sighting& s) {
                 s.object["metadata"]["generation"] = 2;
                 s.object["status"]["observedGeneration"] = 2;
             }},
            {"waiting for the cluster to change its proxy",
             [](Sighting& s) { s.deployment["metadata"]["generation"] = 4; }},
            {"its proxy is scaled to 0 pods", [](Sighting& s) { s.deployment["spec"]["replicas"] = 0; }},
            {"waiting for the proxy to make its server", [](Sighting& s) { s.stateful_set = nullptr; }},
            {"waiting for the proxy to change its server",
             [](Sighting& s) {
                 s.object["metadata"]["generation"] = 2;
                 s.object["status"]["observedGeneration"] = 2;
                 s.deployment = controller("fetch", 1, 2);
             }},
            {"its server is scaled to 0 pods", [](Sighting& s) { s.stateful_set["spec"]["replicas"] = 0; }},
            {"waiting for the cluster to change its server",
             [](Sighting& s) { s.stateful_set["metadata"]["generation"] = 4; }},
            {"0 of 1 server pods are ready", [](Sighting& s) { s.stateful_set["status"].erase("readyReplicas"); }},
            {"1 of 3 server pods are ready", [](Sighting& s) { s.stateful_set["spec"]["replicas"] = 3; }},
            {"0 of 1 server pods are ready", [](Sighting& s) { s.stateful_set["status"]["updatedReplicas"] = 0; }},
            {"0 of 1 proxy pods are ready", [](Sighting& s) { s.deployment["status"]["readyReplicas"] = 0; }},
            {"the former proxy is still there", [](Sighting& s) { s.deployment["status"]["replicas"] = 2; }},
            {"waiting for its URL", [](Sighting& s) { s.object["status"]["url"] = ""; }},
            {"the operator says: MCP server is starting",
             [](Sighting& s) {
                 s.object["status"]["conditions"][0] = {
                     {"type", "Ready"}, {"status", "False"}, {"message", "MCP server is starting"}};
             }},
        },
        serving_server, serving);
}

TEST_CASE("what keeps a pod of the newest form from running is told, with the pod") {
    check(
        {
            {"ImagePullBackOff: no such image (pod fetch-0)",
             [](Sighting& s) { s.server_pods[0] = troubled(s.server_pods[0], "ImagePullBackOff", "no such image"); }},
            {"CrashLoopBackOff (pod fetch-7d-x)",
             [](Sighting& s) { s.proxy_pods[0] = troubled(s.proxy_pods[0], "CrashLoopBackOff", "", 2); }},
            {"CrashLoopBackOff: again (pod fetch-0)",
             [](Sighting& s) { s.server_pods[0] = troubled(s.server_pods[0], "CrashLoopBackOff", "again", 3); },
             Verdict::Kind::failed},
            {"InvalidImageName (pod fetch-0)",
             [](Sighting& s) { s.server_pods[0] = troubled(s.server_pods[0], "InvalidImageName"); },
             Verdict::Kind::failed},
            {"Unschedulable: 0/3 nodes (pod fetch-0)",
             [](Sighting& s) {
                 s.server_pods[0]["status"]["conditions"].push_back({{"type", "PodScheduled"},
                                                                     {"status", "False"},
                                                                     {"reason", "Unschedulable"},
                                                                     {"message", "0/3 nodes"}});
             }},
            {"container 'mcp' ended with exit code 7 (pod fetch-0)",
             [](Sighting& s) {
                 s.server_pods[0]["status"]["containerStatuses"][0]["state"] = {{"terminated", {{"exitCode", 7}}}};
             }},
            {"", [](Sighting& s) { s.server_pods[0] = troubled(s.server_pods[0], "ContainerCreating"); }},
            {"",
             [](Sighting& s) { // of a form that is being replaced
                 auto former = troubled(s.server_pods[0], "ImagePullBackOff");
                 former["metadata"]["labels"]["controller-revision-hash"] = "old";
                 s.server_pods.push_back(former);
             }},
            {"waiting for the operator to change its proxy",
             [](Sighting& s) { // of a server that is about to be changed
                 s.object["metadata"]["generation"] = s.object["status"]["observedGeneration"] = 2;
                 s.server_pods[0] = troubled(s.server_pods[0], "CrashLoopBackOff", "", 9);
                 s.proxy_pods[0]["metadata"]["annotations"]["toolhive.stacklok.dev/mcpserver-generation"] = "1";
             }},
            {"",
             [](Sighting& s) { // on its way out
                 auto leaving = troubled(s.proxy_pods[0], "CrashLoopBackOff", "", 9);
                 leaving["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
                 s.proxy_pods.push_back(leaving);
             }},
        },
        serving_server, serving);
}

TEST_CASE("a wait ends when it cannot come to anything") {
    check(
        {
            {"it was removed meanwhile", [](Sighting& s) { s.object = nullptr; }, Verdict::Kind::failed},
            {"it is being removed",
             [](Sighting& s) { s.object["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"; },
             Verdict::Kind::failed},
            {"the operator refuses its pod template: unknown field",
             [](Sighting& s) {
                 s.object["status"]["conditions"].push_back(
                     {{"type", "PodTemplateValid"}, {"status", "False"}, {"message", "unknown field"}});
             },
             Verdict::Kind::failed},
        },
        serving_server, serving);
}

TEST_CASE("an operator that counts no generations and knows no conditions is believed") {
    auto seen = serving_server();
    seen.object["status"] = {{"phase", "Running"}, {"url", "http://x:8080/mcp"}};
    seen.deployment["spec"].erase("template");
    seen.stateful_set["spec"].erase("template");
    CHECK(serving(seen).kind == Verdict::Kind::reached);
    seen.object["status"]["phase"] = "Pending";
    CHECK(serving(seen).why == "waiting for the operator to call it ready");
}

TEST_CASE("a remote proxy needs no server, and an entry nothing at all") {
    auto seen = serving_server();
    seen.resource = mcp_remote_proxies;
    seen.stateful_set = nullptr;
    seen.server_pods.clear();
    CHECK(serving(seen).kind == Verdict::Kind::reached);
    seen.resource = mcp_server_entries;
    seen.deployment = nullptr;
    CHECK(serving(seen).kind == Verdict::Kind::reached);
}

TEST_CASE("a server is stopped when nothing of it is left and the operator has seen that") {
    check(
        {
            {"", [](Sighting&) {}},
            {"", [](Sighting& s) { s.stateful_set = nullptr; }},
            {"",
             [](Sighting& s) {
                 s.server_pods = {test::pod("fetch-0", "fetch", "mcp")};
                 s.server_pods[0]["status"]["phase"] = "Failed"; // an evicted pod is only a record
             }},
            {"it was started meanwhile", [](Sighting& s) { s.object["spec"]["replicas"] = 1; }, Verdict::Kind::failed},
            {"waiting for the operator to see it", [](Sighting& s) { s.object["metadata"]["generation"] = 2; }},
            {"its server is not scaled down yet", [](Sighting& s) { s.stateful_set["spec"]["replicas"] = 1; }},
            {"waiting for the operator to stop its proxy", [](Sighting& s) { s.deployment["spec"]["replicas"] = 1; }},
            {"pod fetch-0 is ending", [](Sighting& s) { s.server_pods = {test::pod("fetch-0", "fetch", "mcp")}; }},
            {"waiting for the operator to call it stopped", [](Sighting& s) { s.object["status"]["phase"] = "Ready"; }},
        },
        stopped_server, stopped);
}

TEST_CASE("pods of a former form that are not ready are in the way, others are not") {
    auto seen = serving_server();
    CHECK(stuck_pods(seen).empty());
    auto former = troubled(seen.server_pods[0], "ImagePullBackOff");
    former["metadata"]["labels"]["controller-revision-hash"] = "old";
    auto ready = seen.server_pods[0];
    ready["metadata"]["labels"]["controller-revision-hash"] = "old";
    auto leaving = former;
    leaving["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
    seen.server_pods = {former, ready, leaving, troubled(serving_server().server_pods[0], "ImagePullBackOff")};
    CHECK(stuck_pods(seen) == std::vector<Json>{former});
    seen.stateful_set["metadata"]["generation"] = 4; // its controller has not looked at it yet
    CHECK(stuck_pods(seen).empty());
}

TEST_CASE("objects of any shape get a verdict") {
    for (const auto& odd : {Json{}, Json::array(), Json("x"), Json{{"metadata", 1}, {"spec", "x"}, {"status", {1, 2}}},
                            Json{{"status", {{"conditions", {1, {{"type", 2}}}}, {"observedGeneration", "1"}}}}}) {
        auto seen = serving_server();
        seen.deployment = seen.stateful_set = odd;
        seen.server_pods = seen.proxy_pods = {odd};
        CHECK(serving(seen).kind == Verdict::Kind::waiting);
        CHECK(stuck_pods(seen).empty());
        seen.object = odd;
        CHECK(serving(seen).kind != Verdict::Kind::reached);
        CHECK(stopped(seen).kind != Verdict::Kind::reached);
    }
}

// Restarts.

namespace {

constexpr auto asked = "mcpserver.toolhive.stacklok.dev/restarted-at";
constexpr auto done = "mcpserver.toolhive.stacklok.dev/last-processed-restart";

Time at(const std::string& text) {
    return parse_rfc3339(text).value();
}

Json annotated(const Json& annotations) {
    return {{"metadata", {{"annotations", annotations}}}};
}

} // namespace

TEST_CASE("a restart's stamp is later than the last one, whatever the clock says") {
    const auto clock = at("2026-03-01T10:00:00.5006Z");
    struct {
        Json annotations;
        std::string stamp;
    } const cases[]{
        {Json::object(), "2026-03-01T10:00:00.5Z"},
        {{{asked, "2026-03-01T09:00:00Z"}}, "2026-03-01T10:00:00.5Z"},
        {{{asked, "2026-03-01T10:00:00.5Z"}}, "2026-03-01T10:00:00.501Z"},
        {{{done, "2026-03-01T11:00:00Z"}}, "2026-03-01T11:00:00.001Z"},
        {{{asked, "2026-03-01T12:00:00+01:00"}, {done, "2026-03-01T10:30:00Z"}}, "2026-03-01T11:00:00.001Z"},
        {{{asked, "no time"}, {done, 7}}, "2026-03-01T10:00:00.5Z"},
    };
    for (const auto& [annotations, stamp] : cases)
        CHECK(restart_stamp(annotated(annotations), clock) == stamp);
}

TEST_CASE("a restart is asked for by annotation, never in the way that the operator cannot go") {
    CHECK(restart_patch(Json::object(), mcp_servers, "S") == annotated({{asked, "S"}}));
    const auto stubborn = annotated({{"mcpserver.toolhive.stacklok.dev/restart-strategy", "immediate"}});
    CHECK(restart_patch(stubborn, mcp_servers, "S") ==
          annotated({{asked, "S"}, {"mcpserver.toolhive.stacklok.dev/restart-strategy", nullptr}}));
    const auto remote = restart_patch(Json::object(), mcp_remote_proxies, "S");
    CHECK(remote.dump() == R"({"spec":{"resourceOverrides":{"proxyDeployment":{"podTemplateMetadataOverrides":)"
                           R"({"annotations":{"thv.dev/restarted-at":"S"}}}}}})");
}

TEST_CASE("a server has been restarted when the operator has done it and its pods carry the stamp") {
    const std::string stamp = "2026-03-01T10:00:00.5Z";
    auto seen = serving_server();
    CHECK(restarted(seen, stamp).why == "waiting for the operator to restart its proxy");
    seen.object["metadata"]["annotations"][done] = stamp;
    CHECK(restarted(seen, stamp).kind == Verdict::Kind::waiting);
    seen.stateful_set["spec"]["template"]["metadata"]["annotations"]["kubectl.kubernetes.io/restartedAt"] = stamp;
    CHECK(restarted(seen, stamp).kind == Verdict::Kind::reached);
    // A later restart is this one, too; an earlier one is not.
    CHECK(restarted(seen, "2026-03-01T10:00:00.499Z").kind == Verdict::Kind::reached);
    CHECK(restarted(seen, "2026-03-01T10:00:00.501Z").kind == Verdict::Kind::waiting);
}
