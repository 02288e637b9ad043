// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
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
    .examples = "thv vmcp discover tools\nthv vmcp discover tools --namespace prod -o json\n"
                "# with the authentication of a virtual MCP server's configuration\n"
                "thv vmcp discover tools --auth-config vmcp.yaml",
};

void VmcpDiscover::declare(Args& args) {
    args.positional("GROUP", group, "the group").mandatory().completes(cli::Completer::group);
    args.option("--auth-config", auth_config, "a file with outgoingAuth: source, default and backends")
        .placeholder("FILE")
        .completes(cli::Completer::file);
    output.declare_list(args);
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

void print_backends(const cli::Output& output, const vmcp::Discovery& discovery, Console& console) {
    const cli::Shape shape{{{.heading = "NAME"},
                            {.heading = "HEALTH"},
                            {.heading = "TRANSPORT"},
                            {.heading = "AUTH"},
                            {.heading = "URL", .kept = true}},
                           {}};
    const auto records = cli::records_for(output, shape, console);
    for (const auto& backend : discovery.backends) {
        const auto cells = [&backend] {
            return std::vector{backend.name, std::string{vmcp::to_string(backend.health)}, backend.transport,
                               backend.auth ? backend.auth->type : "", backend.base_url};
        };
        records->add({backend.name, cells, [&backend] { return backend_json(backend); }});
    }
    records->finish();
}

} // namespace

Task<> VmcpDiscover::run(Caller caller, Query& query, Grouping& grouping, Lazy<OutgoingAuths> auths,
                         Console& console) const {
    auto name = value_or_throw(GroupName::parse(group));
    auto* known = caller.platform == Platform::cluster ? &auths() : nullptr;
    vmcp::Discoverer discoverer{query, grouping, known, read_auth_config(auth_config, caller.folder)};
    const auto discovery = co_await discoverer.discover(std::move(name));
    if (output.document())
        cli::print_thing(output, group, discovery_json(group, discovery), [] {}, console);
    else if (!discovery.backends.empty())
        print_backends(output, discovery, console);
    else if (discovery.failed.empty() && output.text())
        console.say(fmt::format("Group '{}' has no members", group));
    for (const auto& [member, error] : discovery.failed)
        if (error) console.complain(error->within(fmt::format("'{}' is no backend", member)));
    if (!discovery.failed.empty()) throw cli::Finished{exit_code(Fault::partial)};
}

} // namespace thv::commands
