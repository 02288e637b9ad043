// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/list.hpp"

#include "engine/inspect.hpp"

namespace thv::engine {

Task<std::vector<ContainerInfo>> list_managed(std::shared_ptr<Api> api) {
    const auto filters = nlohmann::json{{"label", {"toolhive=true"}}}.dump();
    const auto document = co_await api->get("/containers/json?all=1&filters=" + http::percent_encode(filters));
    auto containers = container_list(document);
    std::erase_if(containers, [](const ContainerInfo& container) {
        const auto helper = container.labels.find("toolhive-auxiliary-workload");
        return !container.managed() || (helper != container.labels.end() && helper->second == "true");
    });
    co_return containers;
}

Task<std::vector<ContainerInfo>> EngineInventory::list() {
    auto api = co_await connector_.api();
    auto containers = co_await list_managed(std::move(api));
    co_return containers;
}

} // namespace thv::engine
