// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/inventory.hpp"

#include "engine/inspect.hpp"

namespace thv::engine {

Task<std::vector<ContainerInfo>> EngineInventory::list() {
    const auto api = co_await connector_.api();
    // Percent-encoded {"label":["toolhive=true"]}.
    const auto listed =
        co_await api->get("/containers/json?all=1&filters=%7B%22label%22%3A%5B%22toolhive%3Dtrue%22%5D%7D");
    auto containers = container_list(listed);
    std::erase_if(containers, [](const ContainerInfo& container) {
        const auto label = container.labels.find("toolhive-auxiliary-workload");
        return label != container.labels.end() && label->second == "true";
    });
    co_return containers;
}

std::string workload_of(const ContainerInfo& container) {
    const auto label = container.labels.find("toolhive-basename");
    return label == container.labels.end() || label->second.empty() ? container.name : label->second;
}

std::vector<ContainerInfo> containers_of(const std::vector<ContainerInfo>& all, std::string_view name) {
    std::vector<ContainerInfo> result;
    for (const auto& container : all)
        if (workload_of(container) == name) result.push_back(container);
    return result;
}

} // namespace thv::engine
