// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/run_config.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace thv {

/// An MCPServer resource (toolhive.stacklok.dev/v1beta1) as it is written to a cluster: no status, no server's fields.
struct Manifest {
    nlohmann::ordered_json object;
    /// What the run config says and an MCPServer cannot, in words ("--publish"); empty: nothing is lost.
    std::vector<std::string> left_out;
};

/// The MCPServer that runs as the config says. Limits, volumes and options of the server go into its pod template: the
/// operator gives the resource's own limits and volumes to the proxy. Without a namespace the object has none. Throws
/// Fault::usage for what the API server would refuse: names, labels, a pod template or a secret that cannot be read;
/// and Fault::unsupported for a remote server.
Manifest manifest_from(const RunConfig& config, std::string_view name_space);

/// Something that a run config says of its container and that no pod can be given.
struct Misfit {
    std::string what; ///< "--pids-limit"
    Error error;      ///< why, and what can be done instead
};
/// All of them. Throws for options that cannot be read.
std::vector<Misfit> misfits_of(const RunConfig& config);

/// How an MCPServer is to run. What a run config has no member for is kept in the document's field "k8s_spec", and the
/// rest of the pod template in upstream's "k8s_pod_template_patch", so that manifest_from gives all of it back.
/// `where` names the object in errors, which are Fault::usage with the field.
RunConfig config_from_manifest(const nlohmann::ordered_json& server, std::string_view where);

/// Throws Fault::usage for a name that a cluster refuses or that an operator cannot serve: it becomes a part of the
/// names of services and labels.
void check_cluster_name(std::string_view name);
/// The same for a group, whose name only has to be one of Kubernetes' own (RFC 1123).
void check_cluster_group(std::string_view name);
/// The same for a namespace.
void check_cluster_namespace(std::string_view name);

} // namespace thv
