// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/rollout.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace thv::test {

using Json = nlohmann::json;

// A workload with everything that runs for it, as the real operator and controllers leave it. Tests change what they
// are about.

inline Json server_object(const std::string& name, long long generation = 1) {
    return {{"apiVersion", "toolhive.stacklok.dev/v1beta1"},
            {"kind", "MCPServer"},
            {"metadata", {{"name", name}, {"namespace", "tools"}, {"uid", "u-" + name}, {"generation", generation}}},
            {"spec", {{"image", "image:1"}, {"transport", "stdio"}, {"proxyMode", "streamable-http"}}},
            {"status",
             {{"phase", "Ready"},
              {"url", "http://mcp-" + name + "-proxy.tools.svc.cluster.local:8080/mcp"},
              {"observedGeneration", generation},
              {"conditions", Json::array({{{"type", "Ready"}, {"status", "True"}, {"message", "is running"}}})}}}};
}

/// A Deployment or a StatefulSet whose pods are all ready, made of that generation of its object.
inline Json controller(const std::string& name, long long replicas = 1, long long made_of = 1) {
    const Json annotations{{"toolhive.stacklok.dev/mcpserver-generation", std::to_string(made_of)}};
    return {{"metadata", {{"name", name}, {"namespace", "tools"}, {"uid", "c-" + name}, {"generation", 3}}},
            {"spec", {{"replicas", replicas}, {"template", {{"metadata", {{"annotations", annotations}}}}}}},
            {"status",
             {{"observedGeneration", 3},
              {"replicas", replicas},
              {"updatedReplicas", replicas},
              {"readyReplicas", replicas},
              {"updateRevision", "new"}}}};
}

/// A pod that serves. `app`: the server's name, "mcpserver" or "mcpremoteproxy".
inline Json pod(const std::string& name, const std::string& app, const std::string& container) {
    const Json running{{"name", container}, {"restartCount", 0}, {"state", {{"running", Json::object()}}}};
    return {{"metadata",
             {{"name", name},
              {"namespace", "tools"},
              {"uid", "p-" + name},
              {"labels", {{"app", app}, {"controller-revision-hash", "new"}}}}},
            {"spec", {{"containers", Json::array({{{"name", container}}})}}},
            {"status",
             {{"phase", "Running"},
              {"conditions", Json::array({{{"type", "Ready"}, {"status", "True"}}})},
              {"containerStatuses", Json::array({running})}}}};
}

/// The pod's container waits for that reason.
inline Json troubled(Json pod, const std::string& reason, const std::string& message = "", int restarts = 0) {
    auto& status = pod["status"]["containerStatuses"][0];
    status["state"] = {{"waiting", {{"reason", reason}, {"message", message}}}};
    status["restartCount"] = restarts;
    pod["status"]["conditions"][0]["status"] = "False";
    return pod;
}

/// A server called "fetch" that serves.
inline cluster::Sighting serving_server() {
    cluster::Sighting seen;
    seen.resource = cluster::mcp_servers;
    seen.object = server_object("fetch");
    seen.deployment = controller("fetch");
    seen.stateful_set = controller("fetch");
    seen.server_pods = {pod("fetch-0", "fetch", "mcp")};
    seen.proxy_pods = {pod("fetch-7d-x", "mcpserver", "toolhive")};
    return seen;
}

} // namespace thv::test
