// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/inventory.hpp"

namespace thv::engine {

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
