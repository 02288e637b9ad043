// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/discovery.hpp"
#include "engine/inventory.hpp"

namespace thv::engine {

/// The containers with the label toolhive=true, in any state, helpers of upstream's workloads left out: one request.
Task<std::vector<ContainerInfo>> list_managed(std::shared_ptr<Api> api);

/// The inventory of the engine that the connector finds.
class EngineInventory : public Inventory {
public:
    explicit EngineInventory(Connector& connector)
        : connector_(connector) {}
    Task<std::vector<ContainerInfo>> list() override;

private:
    Connector& connector_;
};

} // namespace thv::engine
