// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/task.hpp"
#include "workload/containers.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace thv::engine {

/// The containers of an engine that thv or upstream made, helpers of workloads left out.
struct Inventory {
    virtual ~Inventory() = default;
    /// One request to the engine. Fault::unreachable when it does not answer.
    virtual Task<std::vector<ContainerInfo>> list() = 0;
};

/// The workload that a container belongs to: its label toolhive-basename, else its own name.
std::string workload_of(const ContainerInfo& container);

/// The containers of one workload; more than one when something went wrong.
std::vector<ContainerInfo> containers_of(const std::vector<ContainerInfo>& all, std::string_view name);

} // namespace thv::engine
