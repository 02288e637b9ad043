// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/kubeconfig.hpp"
#include "core/error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <ranges>

namespace thv::cluster {

namespace {

/// "known contexts: a, b", with only the first ones of many.
std::string choices(const Kubeconfig& config) {
    constexpr std::size_t most = 20;
    if (config.contexts.empty()) return "the kubeconfig has no contexts";
    const auto names = config.contexts | std::views::keys | std::views::take(most);
    return fmt::format("choose one with --context: {}{}", fmt::join(names, ", "),
                       config.contexts.size() > most ? ", …" : "");
}

Error incomplete(const std::string& name, std::string_view what, const std::string& which) {
    return Error{Fault::not_found, fmt::format("the context '{}' names the {} '{}', which the kubeconfig does not have",
                                               name, what, which)};
}

void check(const Cluster& cluster, const std::string& name) {
    const auto where = fmt::format("cluster '{}' of the kubeconfig", name);
    if (cluster.server.empty()) throw Error{Fault::usage, where + " has no server"};
    if (cluster.insecure && !(cluster.ca_file.empty() && cluster.ca_data.empty()))
        throw Error{Fault::usage, where + " has a CA certificate and also insecure-skip-tls-verify"}.hint(
            "keep only one of the two");
}

void check(const ExecPlugin& plugin, const std::string& where) {
    if (plugin.command.empty()) throw Error{Fault::usage, where + ": exec has no command"};
    const bool v1 = plugin.api_version == "client.authentication.k8s.io/v1";
    if (!v1 && plugin.api_version != "client.authentication.k8s.io/v1beta1")
        throw Error{Fault::unsupported, where + ": exec has an apiVersion that is not known"}.hint(
            "client.authentication.k8s.io/v1 and /v1beta1 are; newer versions of the plugin speak them");
    const auto& mode = plugin.interactive_mode;
    if (mode.empty() ? v1 : mode != "Never" && mode != "IfAvailable" && mode != "Always")
        throw Error{Fault::usage, where + ": exec must have an interactiveMode of Never, IfAvailable or Always"};
    for (const auto& variable : plugin.env)
        if (variable.first.empty() || variable.first.find('=') != std::string::npos)
            throw Error{Fault::usage, where + ": exec sets an environment variable without a proper name"};
}

void check(const User& user, const std::string& name) {
    const auto where = fmt::format("user '{}' of the kubeconfig", name);
    const bool has_token = !user.token.empty() || !user.token_file.empty();
    if (has_token && !(user.username.empty() && user.password.empty()))
        throw Error{Fault::usage, where + " has a token and also a user name and password"};
    const bool certificate = !user.certificate_file.empty() || !user.certificate_data.empty();
    const bool key = !user.key_file.empty() || !user.key_data.empty();
    if (certificate != key)
        throw Error{Fault::usage,
                    fmt::format("{} has a client {} without the {}", where, certificate ? "certificate" : "key",
                                certificate ? "key" : "certificate")};
    if (user.as.empty() && !(user.as_uid.empty() && user.as_groups.empty() && user.as_extra.empty()))
        throw Error{Fault::usage, where + " has as-uid, as-groups or as-user-extra without as"};
    if (user.auth_provider)
        throw Error{Fault::unsupported, where + " uses an auth-provider, which Kubernetes has replaced"}.hint(
            "use the provider's exec credential plugin");
    if (user.exec) check(*user.exec, where);
}

} // namespace

Settings settings_of(const Kubeconfig& config, const std::optional<std::string>& context) {
    const auto& name = context ? *context : config.current_context;
    if (name.empty()) throw Error{Fault::usage, "the kubeconfig has no current context"}.hint(choices(config));
    const auto found = config.contexts.find(name);
    if (found == config.contexts.end())
        throw Error{Fault::not_found, fmt::format("the kubeconfig has no context '{}'", name)}.hint(choices(config));
    const auto& chosen = found->second;

    Settings settings{.context = name,
                      .name_space = chosen.name_space.empty() ? "default" : chosen.name_space,
                      .cluster = {},
                      .user = {}};
    const auto cluster = config.clusters.find(chosen.cluster);
    if (cluster == config.clusters.end()) throw incomplete(name, "cluster", chosen.cluster);
    check(cluster->second, chosen.cluster);
    settings.cluster = cluster->second;
    if (chosen.user.empty()) return settings; // nobody in particular, which a server may well allow
    const auto user = config.users.find(chosen.user);
    if (user == config.users.end()) throw incomplete(name, "user", chosen.user);
    check(user->second, chosen.user);
    settings.user = user->second;
    return settings;
}

} // namespace thv::cluster
