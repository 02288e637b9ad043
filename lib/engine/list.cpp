// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/list.hpp"

#include "core/error.hpp"
#include "engine/container_calls.hpp"
#include "engine/inspect.hpp"

#include <fmt/format.h>

namespace thv::engine {

namespace {

/// Podman cannot describe a container whose storage it has lost, or only the layer of it, as a Podman that is killed
/// may leave one, and refuses the whole list for it. Its own list does not ask the storage.
bool storage_lost(const Api& api, const Error& error) {
    const auto& reason = error.message();
    return api.facts().podman && (reason.contains("container not known") || reason.contains("layer not known"));
}

Task<std::vector<ContainerInfo>> list(std::shared_ptr<Api> api, std::string query) {
    const auto path = "/containers/json?all=1" + query;
    for (int attempts_left = 5;; --attempts_left) {
        try {
            const auto document = co_await api->get(path);
            co_return container_list(document);
        } catch (const Error& error) {
            if (storage_lost(*api, error)) break;
            // Podman may refuse the list for a container that goes away meanwhile.
            if (error.fault() != Fault::not_found || attempts_left == 0) throw;
        }
    }
    const auto document = co_await api->get("/libpod" + path);
    co_return container_list(document);
}

} // namespace

Task<std::vector<ContainerInfo>> list_managed(std::shared_ptr<Api> api) {
    const auto filters = nlohmann::json{{"label", {"toolhive=true"}}}.dump();
    auto containers = co_await list(std::move(api), "&filters=" + http::percent_encode(filters));
    std::erase_if(containers, [](const ContainerInfo& container) {
        const auto helper = container.labels.find("toolhive-auxiliary-workload");
        return !container.managed() || (helper != container.labels.end() && helper->second == "true");
    });
    co_return containers;
}

Task<std::optional<ContainerInfo>> find_container(std::shared_ptr<Api> api, std::string id_or_name) {
    const auto meant = [&](const ContainerInfo& info) {
        return info.name == id_or_name || (id_or_name.size() >= 12 && info.id.starts_with(id_or_name));
    };
    try {
        const auto document = co_await api->find(fmt::format("/containers/{}/json", http::percent_encode(id_or_name)));
        if (!document) co_return std::nullopt;
        auto info = container_info(*document);
        co_return meant(info) ? std::optional{std::move(info)} : std::nullopt;
    } catch (const Error& error) {
        if (!storage_lost(*api, error)) throw;
    }
    for (auto& info : co_await list(api, ""))
        if (meant(info)) co_return std::move(info);
    co_return std::nullopt;
}

Task<std::vector<ContainerInfo>> EngineInventory::list() {
    auto api = co_await connector_.api();
    auto containers = co_await list_managed(std::move(api));
    co_return containers;
}

} // namespace thv::engine
