// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Kubeconfig files as values, without I/O
// (https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/). Paths in them are absolute already: relative ones
// are meant relative to the folder of their file.
namespace thv::cluster {

struct Cluster {
    std::string server = {}; ///< a URL; without a scheme it is http
    std::string tls_server_name = {};
    bool insecure = false;
    std::string ca_file = {};
    std::string ca_data = {}; ///< base64; beats the file
    std::optional<std::string> proxy_url = {};
    nlohmann::ordered_json exec_config =
        {}; ///< for credential plugins: the extension client.authentication.k8s.io/exec
};

/// A program that hands out credentials (client.authentication.k8s.io).
struct ExecPlugin {
    std::string command = {}; ///< a name to look up, or an absolute path
    std::vector<std::string> args = {};
    std::vector<std::pair<std::string, std::string>> env = {};
    std::string api_version = {};
    std::string install_hint = {};
    std::string interactive_mode = {}; ///< "Never", "IfAvailable" or "Always"
    bool provide_cluster_info = false;
};

struct User {
    std::string certificate_file = {};
    std::string certificate_data = {}; ///< base64; beats the file
    std::string key_file = {};
    std::string key_data = {}; ///< base64; beats the file
    std::string token = {};
    std::string token_file = {}; ///< beats the token
    std::string username = {};
    std::string password = {};
    std::string as = {};
    std::string as_uid = {};
    std::vector<std::string> as_groups = {};
    std::vector<std::pair<std::string, std::vector<std::string>>> as_extra = {};
    std::optional<ExecPlugin> exec = {};
    bool auth_provider = false; ///< has one of the kind that plugins have replaced
};

struct Context {
    std::string cluster = {};
    std::string user = {};
    std::string name_space = {};
};

struct Kubeconfig {
    std::string current_context = {};
    std::map<std::string, Cluster, std::less<>> clusters = {};
    std::map<std::string, User, std::less<>> users = {};
    std::map<std::string, Context, std::less<>> contexts = {};
};

/// A file's path, which must be absolute, and what it holds.
struct KubeconfigText {
    std::filesystem::path path;
    std::string text;
};

/// All files as one: of what several define, the first one's counts. Throws Fault::usage for a text that is broken,
/// naming file, line and field, never values.
Kubeconfig merge_kubeconfigs(const std::vector<KubeconfigText>& files);

/// What one context comes to: the part of a kubeconfig that is used, or a pod's service account.
struct Settings {
    std::string context = {};
    std::string name_space = {}; ///< never empty
    Cluster cluster = {};
    User user = {};
};

/// The settings of a context; without a name of the current one. Throws Fault::not_found (hint: which there are) or
/// Fault::usage for a context that is incomplete or contradicts itself.
Settings settings_of(const Kubeconfig& config, const std::optional<std::string>& context);

} // namespace thv::cluster
