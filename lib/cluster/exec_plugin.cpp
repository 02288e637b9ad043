// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/exec_plugin.hpp"

#include "core/base64.hpp"
#include "core/error.hpp"
#include "core/json.hpp"
#include "io/command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

namespace thv::cluster {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t longest_answer = 1U << 20U;

std::string name_of(const ExecPlugin& plugin) {
    return fmt::format("the credential plugin '{}'", plugin.command);
}

Json cluster_info(const Cluster& cluster, std::string_view ca) {
    Json info{{"server", cluster.server}};
    if (!cluster.tls_server_name.empty()) info["tls-server-name"] = cluster.tls_server_name;
    if (cluster.insecure) info["insecure-skip-tls-verify"] = true;
    if (!ca.empty()) info["certificate-authority-data"] = base64_encode(ca);
    if (cluster.proxy_url) info["proxy-url"] = *cluster.proxy_url;
    info["config"] = cluster.exec_config;
    return info;
}

void set(std::vector<std::string>& environment, const std::string& name, const std::string& value) {
    std::erase_if(environment, [&](const std::string& entry) { return entry.starts_with(name + '='); });
    environment.push_back(name + '=' + value);
}

std::string hint_for(const ExecPlugin& plugin) {
    constexpr std::size_t longest = 2000;
    if (plugin.install_hint.empty()) return "install it, or correct the kubeconfig's exec.command";
    auto hint = plugin.install_hint.substr(0, longest);
    std::ranges::replace_if(hint, [](char c) { return (c >= 0 && c < ' ' && c != '\n') || c == 0x7f; }, ' ');
    return hint;
}

ExecCredential credential_from(const Fields& status, const std::string& name) {
    ExecCredential credential{.token = status.text("token"),
                              .certificate = status.text("clientCertificateData"),
                              .key = status.text("clientKeyData"),
                              .expires = {}};
    if (credential.certificate.empty() != credential.key.empty())
        throw Error{Fault::denied, name + " answered with only one of a client certificate and its key"};
    if (credential.token.empty() && credential.certificate.empty())
        throw Error{Fault::denied, name + " answered with neither a token nor a client certificate"};
    if (const auto expires = status.text("expirationTimestamp"); !expires.empty()) {
        const auto time = parse_rfc3339(expires);
        if (!time) throw Error{Fault::denied, name + " answered with an expirationTimestamp that is no time"};
        credential.expires = *time;
    }
    return credential;
}

} // namespace

std::string exec_info(const ExecPlugin& plugin, const Cluster& cluster, std::string_view ca, bool interactive) {
    Json spec = Json::object();
    if (plugin.provide_cluster_info) spec["cluster"] = cluster_info(cluster, ca);
    spec["interactive"] = interactive;
    return Json{{"kind", "ExecCredential"}, {"apiVersion", plugin.api_version}, {"spec", std::move(spec)}}.dump();
}

ExecCredential parse_exec_credential(const ExecPlugin& plugin, std::string_view answer) {
    const auto name = name_of(plugin);
    try {
        const auto document = parse_json(answer, "its answer", {.bytes = longest_answer});
        const Fields fields{document, "its answer"};
        if (fields.text("kind") != "ExecCredential") fields.wrong("kind", "\"ExecCredential\"");
        if (fields.text("apiVersion") != plugin.api_version)
            throw Error{Fault::denied,
                        fmt::format("{} answered with another apiVersion than {}", name, plugin.api_version)};
        const auto* status = fields.find("status");
        if (status == nullptr) throw Error{Fault::denied, name + " answered without a status"};
        return credential_from(Fields{*status, "its answer"}, name);
    } catch (const Error& error) {
        if (error.fault() == Fault::denied) throw;
        throw Error{Fault::denied, fmt::format("{} gave no credential: {}", name, error.message())};
    }
}

bool interactive(const ExecPlugin& plugin) {
    if (plugin.interactive_mode == "Never") return false;
    const bool terminal = ::isatty(STDIN_FILENO) == 1;
    if (plugin.interactive_mode == "Always" && !terminal)
        throw Error{Fault::denied, name_of(plugin) + " needs a terminal to ask on, and stdin is none"};
    return terminal;
}

Task<ExecCredential> run_plugin(ExecPlugin plugin, Surroundings surroundings) {
    Command command{.arguments = plugin.args,
                    .environment = surroundings.environment.entries(),
                    .interactive = surroundings.interactive,
                    .output_limit = longest_answer,
                    .deadline = surroundings.patience};
    command.arguments.insert(command.arguments.begin(), plugin.command);
    for (const auto& [name, value] : plugin.env)
        set(command.environment, name, value);
    set(command.environment, "KUBERNETES_EXEC_INFO", surroundings.info);
    std::optional<Error> failed;
    CommandResult result;
    try {
        result = co_await run_command(std::move(command));
    } catch (const Error& error) {
        failed = error;
    }
    const auto name = name_of(plugin);
    if (failed && failed->fault() == Fault::not_found)
        throw Error{Fault::denied, fmt::format("{}: {}", name, failed->message())}.hint(hint_for(plugin));
    if (failed && failed->fault() == Fault::timed_out) throw Error{*failed};
    if (failed) throw Error{Fault::denied, fmt::format("{}: {}", name, failed->message())};
    if (result.exit_code == 128 + SIGINT) throw Error{Fault::interrupted, name + " was interrupted"};
    if (result.exit_code != 0)
        throw Error{Fault::denied, fmt::format("{} failed with exit code {}", name, result.exit_code)};
    co_return parse_exec_credential(plugin, result.output);
}

} // namespace thv::cluster
