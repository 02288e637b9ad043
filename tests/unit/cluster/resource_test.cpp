// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/resource.hpp"
#include "cluster/verdict.hpp"
#include "support/catch.hpp"

using namespace thv;
using namespace thv::cluster;

namespace {

/// A server that runs, changed by a merge patch (RFC 7396).
Json server(const std::string& patch = "{}") {
    auto object = Json::parse(R"({
      "apiVersion": "toolhive.stacklok.dev/v1beta1", "kind": "MCPServer",
      "metadata": {"name": "fetch", "namespace": "tools", "generation": 2, "creationTimestamp": "2026-01-01T00:00:00Z",
                   "labels": {"team": "a"},
                   "annotations": {"note": "mine", "kubectl.kubernetes.io/last-applied-configuration": "{}",
                                   "mcpserver.toolhive.stacklok.dev/last-processed-restart": "x",
                                   "toolhive.stacklok.dev/x": "y", "example.com/own": "kept", "k8s.io/x": "y"}},
      "spec": {"image": "ghcr.io/x/fetch:1", "transport": "stdio", "proxyMode": "streamable-http", "proxyPort": 8080,
               "groupRef": {"name": "web"}, "externalAuthConfigRef": {"name": "auth"}},
      "status": {"phase": "Ready", "message": "MCP server is running", "readyReplicas": 1, "observedGeneration": 2,
                 "url": "http://mcp-fetch-proxy.tools.svc.cluster.local:8080/mcp",
                 "conditions": [
                   {"type": "Ready", "status": "True", "reason": "Ready", "message": "running",
                    "lastTransitionTime": "2026-01-01T00:01:00Z"},
                   {"type": "StdioReplicaCapped", "status": "False", "reason": "N", "message": "not capped"},
                   {"type": "RateLimitConfigValid", "status": "True", "reason": "N", "message": "none"}]}})");
    object.merge_patch(Json::parse(patch));
    return object;
}

Workload of(const Json& object, const std::string& kind = "MCPServer") {
    auto workload = workload_from(object, kind);
    REQUIRE(workload);
    return *std::move(workload);
}

} // namespace

TEST_CASE("an MCPServer is read whole") {
    const auto workload = of(server());
    CHECK(workload.name == "fetch");
    CHECK(workload.state == State::running);
    CHECK(workload.reason.empty());
    CHECK(workload.package == "ghcr.io/x/fetch:1");
    CHECK(workload.url == "http://mcp-fetch-proxy.tools.svc.cluster.local:8080/mcp");
    CHECK(workload.port == 8080);
    CHECK(workload.transport == "stdio");
    CHECK(workload.proxy_mode == "streamable-http");
    CHECK(workload.group == "web");
    CHECK(workload.labels == std::map<std::string, std::string>{{"team", "a"}});
    CHECK(workload.created_at == *parse_rfc3339("2026-01-01T00:00:00Z"));
    CHECK(workload.started_at == *parse_rfc3339("2026-01-01T00:01:00Z"));
    const auto* place = workload.on_cluster();
    REQUIRE(place != nullptr);
    CHECK(place->name_space == "tools");
    CHECK(place->kind == "MCPServer");
    CHECK(place->phase == "Ready");
    CHECK(place->current);
    CHECK(place->proxy == PodCount{1, 1});
    CHECK_FALSE(place->backend);
    CHECK(place->conditions.size() == 3);
    CHECK(place->auth_config == "auth");
    CHECK(place->annotations == std::map<std::string, std::string>{{"note", "mine"}, {"example.com/own", "kept"}});
}

TEST_CASE("the state is what phase, replicas and deletion come to") {
    const auto [patch, state, reason] = GENERATE(table<const char*, State, const char*>({
        {R"({"status": {"phase": "Running"}})", State::running, ""},
        {R"({"status": {"phase": "Pending", "message": "starting", "readyReplicas": 0}})", State::starting, "starting"},
        {R"({"status": {"phase": "Failed", "message": "CrashLoopBackOff"}})", State::error, "CrashLoopBackOff"},
        {R"({"status": {"phase": "Terminating", "message": "bye"}})", State::removing, "bye"},
        {R"({"status": {"phase": "Stopped", "readyReplicas": null}})", State::stopped, ""},
        {R"({"status": {"phase": "Odd", "message": "hm"}})", State::unknown, "hm"},
        {R"({"status": null})", State::starting, "the operator has not seen it yet"},
        {R"({"status": {"phase": null}})", State::starting, "the operator has not seen it yet"},
        {R"({"spec": {"replicas": 0}, "status": {"phase": "Stopped", "readyReplicas": 0}})", State::stopped, ""},
        {R"({"spec": {"replicas": 0}})", State::stopping, ""},
        {R"({"spec": {"replicas": 0}, "status": {"phase": "Stopped"}})", State::stopping, ""},
        {R"({"spec": {"replicas": 1}, "status": {"phase": "Stopped", "readyReplicas": 0}})", State::starting, ""},
        {R"({"spec": {"replicas": 3}})", State::running, "1 of 3 proxy pods are ready"},
        {R"({"metadata": {"deletionTimestamp": "2026-01-02T00:00:00Z"}})", State::removing, ""},
        {R"({"metadata": {"deletionTimestamp": "2026-01-02T00:00:00Z", "finalizers": ["a/b", 5, "c"]}})",
         State::removing, "it waits for whoever has to clean up first: a/b, c"},
        {R"({"metadata": {"generation": 3}})", State::running, "the operator has not seen the last change yet"},
    }));
    CAPTURE(patch);
    const auto workload = of(server(patch));
    CHECK(to_string(workload.state) == to_string(state));
    CHECK(workload.reason == reason);
    CHECK(workload.started_at.has_value() == (state == State::running));
}

TEST_CASE("an operator that does not count generations is believed to have seen what it has a phase for") {
    CHECK(of(server(R"({"status": {"observedGeneration": null}})")).on_cluster()->current);
    CHECK_FALSE(of(server(R"({"status": null})")).on_cluster()->current);
    CHECK_FALSE(of(server(R"({"metadata": {"generation": 3}})")).on_cluster()->current);
}

TEST_CASE("the words of the Ready condition come before the older message, and complaints are told too") {
    const auto workload = of(server(R"({"status": {"phase": "Pending", "message": "old", "conditions": [
        {"type": "Ready", "status": "False", "message": "no pod\nis ready"},
        {"type": "GroupRefValidated", "status": "False", "reason": "GroupRefNotFound", "message": "no group 'web'"},
        {"type": "PodTemplateValid", "status": "False", "reason": "Bad"},
        {"type": "CABundleRefValidated", "status": "True", "message": "fine"},
        {"type": "AuthzConfigRefValidated", "status": "Unknown", "message": "fine"},
        {"type": "SessionStorageWarning", "status": "True", "message": "kept in memory"}]}})"));
    CHECK(workload.reason == "no pod is ready; GroupRefValidated: no group 'web'; PodTemplateValid: Bad; "
                             "SessionStorageWarning: kept in memory");
}

TEST_CASE("a URL that was written before port, transport or mode changed is told to lead nowhere") {
    const auto [patch, good] = GENERATE(table<const char*, bool>({
        {R"({})", true},
        {R"({"spec": {"proxyPort": 9090}})", false},
        {R"({"spec": {"proxyMode": "sse"}})", false},
        {R"({"spec": {"transport": "sse"}})", false},
        {R"({"spec": {"transport": "streamable-http", "proxyMode": "sse"}})", true},
        {R"({"spec": {"transport": "sse"}, "status": {"url": "http://x:8080/sse#fetch"}})", true},
        {R"({"status": {"url": "http://x:8080/sse#fetch"}})", false},
        {R"({"status": {"url": "http://[::1]:8080/mcp"}})", true},
        {R"({"status": {"url": "http://x/mcp"}})", true},
        {R"({"status": {"url": "nonsense"}})", true},
        {R"({"status": {"url": "http://x:99999999999999/mcp"}})", true},
        {R"({"status": {"url": null}})", true},
    }));
    CAPTURE(patch);
    const auto workload = of(server(patch));
    CHECK(leads_to(workload) == good);
    CHECK(workload.reason ==
          (good ? "" : "its URL is from before its port or transport was changed and leads nowhere"));
}

TEST_CASE("a server is as well as its own pods are") {
    struct Row {
        const char* patch;
        PodCount pods;
        State state;
        const char* reason;
    };
    const auto row = GENERATE(values<Row>({
        {"{}", {1, 1}, State::running, ""},
        {"{}", {0, 1}, State::unhealthy, "the proxy is ready, but 0 of 1 server pods are"},
        {"{}", {0, 0}, State::unhealthy, "the proxy is ready, but 0 of 0 server pods are"},
        {"{}", {1, 2}, State::running, "1 of 2 server pods are ready"},
        {R"({"spec": {"proxyPort": 1}})",
         {0, 1},
         State::unhealthy,
         "the proxy is ready, but 0 of 1 server pods are; its URL is from before its port or transport was changed and "
         "leads nowhere"},
        {R"({"status": {"phase": "Pending", "message": "m"}})", {0, 1}, State::starting, "m"},
        {R"({"spec": {"replicas": 0}, "status": {"phase": "Stopped", "readyReplicas": 0}})",
         {0, 0},
         State::stopped,
         ""},
        {R"({"spec": {"replicas": 0}, "status": {"phase": "Stopped", "readyReplicas": 0}})",
         {1, 1},
         State::stopping,
         "the proxy is stopped, but 1 of 1 server pods are ready"},
        {R"({"spec": {"replicas": 0}, "status": {"phase": "Stopped", "readyReplicas": 0}})",
         {0, 1},
         State::stopping,
         "the proxy is stopped, but its server is not"},
    }));
    CAPTURE(row.patch, row.pods.ready, row.pods.wanted);
    const auto workload = with_backend(of(server(row.patch)), row.pods);
    CHECK(to_string(workload.state) == to_string(row.state));
    CHECK(workload.reason == row.reason);
    CHECK(workload.on_cluster()->backend == row.pods);
    CHECK(workload.started_at.has_value() == (row.state == State::running));
}

TEST_CASE("pods are counted from a StatefulSet that may say little") {
    CHECK(pods_of(Json::parse(R"({"spec": {"replicas": 2}, "status": {"readyReplicas": 1}})")) == PodCount{1, 2});
    CHECK(pods_of(Json::parse(R"({"spec": {}, "status": {}})")) == PodCount{0, 1});
    CHECK(pods_of(Json::parse(R"({"spec": {"replicas": -4}, "status": {"readyReplicas": 99999999999}})")) ==
          PodCount{0, 1});
    CHECK(pods_of(Json::parse("[]")) == PodCount{0, 1});
}

TEST_CASE("a remote proxy and an entry lead to a server elsewhere") {
    const auto proxy =
        of(Json::parse(R"({"metadata": {"name": "p"}, "spec": {"remoteUrl": "https://x/mcp", "proxyPort": 9000},
                          "status": {"phase": "Ready", "url": "http://mcp-p-remote-proxy.tools.svc:9000"}})"),
           "MCPRemoteProxy");
    CHECK(proxy.state == State::running);
    CHECK(proxy.package == "https://x/mcp");
    CHECK(proxy.url == "http://mcp-p-remote-proxy.tools.svc:9000");
    CHECK(proxy.port == 9000);
    CHECK(proxy.transport == "streamable-http");
    CHECK(proxy.reason.empty());
    CHECK(proxy.group.empty());
    CHECK(proxy.on_cluster()->remote_url == "https://x/mcp");
    CHECK_FALSE(proxy.on_cluster()->proxy);
    // Only an MCPServer has pods of a server.
    CHECK(with_backend(proxy, {0, 1}) == proxy);

    const auto entry =
        of(Json::parse(R"({"metadata": {"name": "e"}, "spec": {"remoteUrl": "https://x/sse", "transport": "sse",
                          "groupRef": {"name": "g"}}, "status": {"phase": "Valid"}})"),
           "MCPServerEntry");
    CHECK(entry.state == State::running);
    CHECK(entry.url == "https://x/sse");
    CHECK(entry.port == 0);
    CHECK(entry.transport == "sse");
    CHECK(entry.group == "g");
    CHECK(entry.on_cluster()->kind == "MCPServerEntry");
}

TEST_CASE("a remote proxy without a word for it is stopped when nothing of it is wanted") {
    const auto state = [](const char* phase) {
        const auto text = std::string{R"({"metadata": {"name": "p"}, "spec": {"replicas": 0}, "status": {"phase": ")"} +
                          phase + "\"}}";
        return of(Json::parse(text), "MCPRemoteProxy").state;
    };
    CHECK(state("Ready") == State::stopping);
    CHECK(state("Pending") == State::stopped);
}

TEST_CASE("objects of the first version are read, whose group is plain text") {
    const auto workload = of(server(R"({"apiVersion": "toolhive.stacklok.dev/v1alpha1", "spec": {"groupRef": "old"},
                                        "status": {"phase": "Running", "conditions": null, "observedGeneration": null}})"));
    CHECK(workload.group == "old");
    CHECK(workload.state == State::running);
}

TEST_CASE("fields of a wrong type count as absent") {
    const auto* patch = GENERATE(
        R"({"metadata": {"namespace": 5, "labels": [1], "annotations": 7, "creationTimestamp": {}, "generation": "x"}})",
        R"({"metadata": {"labels": {"a": 1, "b": null}, "finalizers": {}, "deletionTimestamp": 5, "creationTimestamp": "soon"}})",
        R"({"spec": [1, 2]})", R"({"spec": null, "status": "x"})",
        R"({"status": {"conditions": [5, {}, {"type": 1}, null]}})",
        R"({"spec": {"image": 1, "transport": [], "proxyPort": "80", "groupRef": 5, "replicas": "none"}})",
        R"({"spec": {"proxyPort": 99999999999999999999, "replicas": 1e99, "groupRef": {"name": {}}}})",
        R"({"spec": {"proxyPort": 18446744073709551615, "replicas": -1}})",
        R"({"status": {"phase": 1, "url": [], "readyReplicas": -7, "observedGeneration": true, "message": {}}})");
    CAPTURE(patch);
    for (const auto* kind : {"MCPServer", "MCPRemoteProxy", "MCPServerEntry"})
        CHECK(with_backend(of(server(patch), kind), {1, 1}).name == "fetch");
}

TEST_CASE("what has no name is no workload") {
    const auto* text = GENERATE("{}", "[]", "null", "5", R"({"metadata": {}})", R"({"metadata": {"name": ""}})",
                                R"({"metadata": {"name": ["x"]}})");
    CHECK_FALSE(workload_from(Json::parse(text), "MCPServer"));
}
