// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/kubeconfig.hpp"
#include "core/time.hpp"
#include "io/environment.hpp"
#include "io/task.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

// Credential plugins, by
// https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
namespace thv::cluster {

/// What a plugin hands out. `certificate` and `key` come together and are PEM.
struct ExecCredential {
    std::string token;
    std::string certificate;
    std::string key;
    std::optional<Time> expires; ///< none: valid until the server says otherwise
};

/// $KUBERNETES_EXEC_INFO. `ca` is PEM, empty when there is none; told only when the plugin is to know the cluster.
std::string exec_info(const ExecPlugin& plugin, const Cluster& cluster, std::string_view ca, bool interactive);

/// A plugin's answer. Errors are Fault::denied, name the plugin and never quote the answer.
ExecCredential parse_exec_credential(const ExecPlugin& plugin, std::string_view answer);

/// In what a plugin is run.
struct Surroundings {
    std::string info = {}; ///< see exec_info()
    bool interactive = false;
    Environment environment = {}; ///< to which the plugin's own variables are added
    Duration patience = std::chrono::seconds{60};
};
/// Runs the plugin. Its stderr is ours. Fault::denied for what it does wrong, Fault::timed_out when it takes too long.
Task<ExecCredential> run_plugin(ExecPlugin plugin, Surroundings surroundings);

/// Whether the plugin may talk to the user. Throws Fault::denied when it must and cannot.
bool interactive(const ExecPlugin& plugin);

} // namespace thv::cluster
