// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/in_cluster.hpp"

#include "core/error.hpp"
#include "io/files.hpp"

#include <fmt/format.h>

namespace thv::cluster {

namespace {

constexpr std::size_t longest_name = 253;

std::string trimmed(std::string text) {
    text.erase(text.find_last_not_of(" \t\r\n") + 1);
    text.erase(0, text.find_first_not_of(" \t\r\n"));
    return text;
}

} // namespace

bool in_pod(const Environment& environment) {
    return environment.get("KUBERNETES_SERVICE_HOST") && environment.get("KUBERNETES_SERVICE_PORT");
}

Settings pod_settings(const Environment& environment, const std::filesystem::path& folder) {
    const auto token = folder / "token";
    const auto authority = folder / "ca.crt";
    std::error_code ignored; // what cannot be looked at cannot be used either
    for (const auto& file : {token, authority}) {
        if (!std::filesystem::exists(file, ignored))
            throw Error{Fault::not_found,
                        fmt::format("this pod has no service account: there is no '{}'", file.string())}
                .hint("set automountServiceAccountToken in the pod's spec, or give a kubeconfig with --kubeconfig");
    }
    const auto host = environment.get_or("KUBERNETES_SERVICE_HOST", "");
    const bool bare_v6 = host.find(':') != std::string::npos && !host.starts_with('[');
    Settings settings{.context = "in-cluster", .name_space = {}, .cluster = {}, .user = {}};
    settings.cluster.server = fmt::format(fmt::runtime(bare_v6 ? "https://[{}]:{}" : "https://{}:{}"), host,
                                          environment.get_or("KUBERNETES_SERVICE_PORT", ""));
    settings.cluster.ca_file = authority.string();
    settings.user.token_file = token.string();
    settings.name_space = trimmed(read_file(folder / "namespace", longest_name + 2).value_or(""));
    if (settings.name_space.empty()) settings.name_space = trimmed(environment.get_or("POD_NAMESPACE", "default"));
    return settings;
}

} // namespace thv::cluster
