// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/observe.hpp"

#include "cluster/meta.hpp"
#include "cluster/scan.hpp"

#include <fmt/format.h>

#include <utility>

namespace thv::cluster {

Error no_workload(const std::string& name) {
    return Error{Fault::not_found, fmt::format("no workload named '{}'", name)}.hint(
        "run 'thv ls --all' to see every workload");
}

Task<std::optional<Json>> find_any(Api& api, Place place) {
    try {
        auto object = co_await api.find(std::move(place));
        co_return object;
    } catch (const StatusError& error) {
        if (!can_do_without(error)) throw;
    }
    co_return std::nullopt;
}

Task<std::optional<Found>> locate(Api& api, std::string name) {
    for (const auto& kind : workload_kinds) {
        const Place place{kind, api.name_space(), name};
        // That there are no MCPServers at all is an error, which says what to install.
        std::optional<Json> object;
        if (kind.plural == mcp_servers.plural)
            object = co_await api.find(place);
        else
            object = co_await find_any(api, place);
        if (object) co_return Found{kind, *std::move(object)};
    }
    co_return std::nullopt;
}

Task<Found> require_workload(Api& api, std::string name) {
    auto found = co_await locate(api, name);
    if (!found) throw no_workload(name);
    co_return *std::move(found);
}

Task<Sighting> observe(Api& api, Resource resource, std::string name, Json object) {
    Sighting seen;
    seen.resource = resource;
    seen.object = std::move(object);
    if (resource.plural == mcp_server_entries.plural) co_return seen;
    const bool server = seen.has_server();
    const Place controller{deployments, api.name_space(), name};
    if (auto deployment = co_await api.find(controller)) seen.deployment = *std::move(deployment);
    if (server) {
        const Place place{stateful_sets, api.name_space(), name};
        if (auto stateful_set = co_await api.find(place)) seen.stateful_set = *std::move(stateful_set);
    }
    const auto take = [&seen, name, server](Json pod) {
        const auto app = label_of(pod, "app");
        if (server && app == name)
            seen.server_pods.push_back(std::move(pod));
        else if (app == (server ? "mcpserver" : "mcpremoteproxy"))
            seen.proxy_pods.push_back(std::move(pod));
    };
    const Place all{pods, api.name_space()};
    co_await api.list(all, {.label_selector = "toolhive-name=" + name}, take);
    co_return seen;
}

} // namespace thv::cluster
