// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/columns.hpp"
#include "thv/commands.hpp"
#include "thv/config_file.hpp"
#include "thv/format.hpp"
#include "vmcp/discoverer.hpp"
#include "yaml/yaml.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace thv::commands {

constexpr Doc VmcpDiscover::doc{
    .name = "vmcp discover",
    .summary = "show the backends that a group stands for",
    .description =
        "Lists the members of a group as a virtual MCP server sees them: where each is reached, how it does, and how "
        "it "
        "is authenticated to. Secrets are never shown.\n\nA member that cannot be a backend is reported on stderr, and "
        "the exit code is 3.",
    .examples = "thv vmcp discover tools\nthv vmcp discover tools --namespace prod --format json\n"
                "# with the authentication of a virtual MCP server's configuration\n"
                "thv vmcp discover tools --auth-config vmcp.yaml",
};

void VmcpDiscover::declare(Args& args) {
    args.positional("GROUP", group, "the group").mandatory().completes(cli::Completer::group);
    args.option("--auth-config", auth_config, "a file with outgoingAuth: source, default and backends")
        .placeholder("FILE")
        .completes(cli::Completer::file);
    args.option("--format", format, "how to print").placeholder("FORMAT").one_of({"text", "json"});
}

namespace {

using Json = nlohmann::ordered_json;

std::optional<vmcp::AuthConfig> read_auth_config(const std::optional<std::string>& name,
                                                 const std::filesystem::path& folder) {
    if (!name) return std::nullopt;
    return vmcp::auth_config_from(yaml_to_json(read_input("--auth-config", folder / *name), *name), *name);
}

Json backend_json(const vmcp::Backend& backend) {
    Json document{{"id", backend.id},
                  {"name", backend.name},
                  {"base_url", backend.base_url},
                  {"transport_type", backend.transport},
                  {"health_status", vmcp::to_string(backend.health)}};
    if (backend.auth) {
        document["auth"] = {{"type", backend.auth->type}, {"origin", vmcp::to_string(backend.auth->origin)}};
        if (!backend.auth->reference.empty()) document["auth"]["reference"] = backend.auth->reference;
    }
    document["metadata"] = backend.metadata;
    return document;
}

Json discovery_json(const std::string& group, const vmcp::Discovery& discovery) {
    Json document{{"group", group}, {"backends", Json::array()}, {"failed", Json::array()}};
    for (const auto& backend : discovery.backends)
        document["backends"].push_back(backend_json(backend));
    for (const auto& [name, error] : discovery.failed)
        document["failed"].push_back({{"name", name}, {"reason", error ? error->message() : ""}});
    return document;
}

std::string table(const vmcp::Discovery& discovery, const cli::Terminal& terminal) {
    cli::Columns columns{{"NAME", "HEALTH", "TRANSPORT", "AUTH", "URL"}};
    columns.keep("URL");
    for (const auto& backend : discovery.backends)
        columns.add({backend.name, std::string{vmcp::to_string(backend.health)}, backend.transport,
                     backend.auth ? backend.auth->type : "", backend.base_url});
    return columns.render(terminal);
}

} // namespace

Task<> VmcpDiscover::run(Caller caller, Query& query, Grouping& grouping, Lazy<OutgoingAuths> auths,
                         Console& console) const {
    auto name = value_or_throw(GroupName::parse(group));
    auto* known = caller.platform == Platform::cluster ? &auths() : nullptr;
    vmcp::Discoverer discoverer{query, grouping, known, read_auth_config(auth_config, caller.folder)};
    const auto discovery = co_await discoverer.discover(std::move(name));
    if (format == "json")
        console.write(json_text(discovery_json(group, discovery)));
    else if (!discovery.backends.empty())
        console.write(table(discovery, console.terminal()));
    else if (discovery.failed.empty())
        console.say(fmt::format("Group '{}' has no members", group));
    for (const auto& [member, error] : discovery.failed)
        if (error) console.complain(error->within(fmt::format("'{}' is no backend", member)));
    if (!discovery.failed.empty()) throw cli::Finished{exit_code(Fault::partial)};
}

} // namespace thv::commands
