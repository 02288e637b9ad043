// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/workload.hpp"
#include "support/scripted_api.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace thv::test {

// Objects as an API server hands them out, by "namespace/name".

inline nlohmann::json metadata(const std::string& order, const std::string& version = "1") {
    const auto slash = order.find('/');
    return {{"namespace", order.substr(0, slash)}, {"name", order.substr(slash + 1)}, {"resourceVersion", version}};
}

/// An MCPServer that runs.
inline nlohmann::json object(const std::string& order, const std::string& group = "",
                             const std::string& phase = "Ready") {
    nlohmann::json made{{"apiVersion", "toolhive.stacklok.dev/v1beta1"},
                        {"kind", "MCPServer"},
                        {"metadata", metadata(order)},
                        {"spec", {{"image", "image:1"}, {"transport", "stdio"}}},
                        {"status", {{"phase", phase}, {"readyReplicas", 1}}}};
    made["metadata"]["labels"] = {{"team", "a"}};
    if (!group.empty()) made["spec"]["groupRef"] = {{"name", group}};
    return made;
}

inline nlohmann::json remote(const std::string& order) {
    return {{"metadata", metadata(order)}, {"spec", {{"remoteUrl", "https://x"}}}, {"status", {{"phase", "Ready"}}}};
}

inline nlohmann::json entry(const std::string& order) {
    return {{"metadata", metadata(order)}, {"spec", {{"remoteUrl", "https://x"}}}, {"status", {{"phase", "Valid"}}}};
}

/// The StatefulSet of a server.
inline nlohmann::json stateful_set(const std::string& order, int ready, int wanted) {
    nlohmann::json made{
        {"metadata", metadata(order)}, {"spec", {{"replicas", wanted}}}, {"status", {{"readyReplicas", ready}}}};
    made["metadata"]["labels"] = {{"toolhive", "true"}};
    return made;
}

/// A page of a list.
inline Answer page(const std::vector<nlohmann::json>& items, const std::string& next = "",
                   const std::string& version = "10") {
    return json(
        nlohmann::json{{"items", items}, {"metadata", {{"resourceVersion", version}, {"continue", next}}}}.dump());
}

inline std::string event(const std::string& type, const nlohmann::json& object) {
    return nlohmann::json{{"type", type}, {"object", object}}.dump();
}

/// "namespace/name kind state", and the pods of the server where they are known.
inline std::string summary(const Workload& workload) {
    const auto* place = workload.on_cluster();
    auto text = fmt::format("{}/{} {} {}", place->name_space, workload.name, place->kind, to_string(workload.state));
    if (place->backend) text += fmt::format(" {}/{}", place->backend->ready, place->backend->wanted);
    return text;
}

} // namespace thv::test
