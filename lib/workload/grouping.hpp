// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "core/name.hpp"
#include "io/task.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thv {

struct Group {
    std::string name;
    std::vector<std::string> registered_clients;
};

struct Grouping {
    static constexpr std::string_view noun = "groups";
    virtual ~Grouping() = default;
    /// Sorted by name. On an engine "default" is always there; on a cluster there are only those that were made.
    virtual Task<std::vector<Group>> groups() = 0;
    virtual Task<> create(GroupName name) = 0;
    /// Fault::conflict while it has members; on an engine Fault::denied for "default".
    virtual Task<> erase(GroupName name) = 0;
    /// Names of the workloads in a group, sorted. Fault::not_found when there is no such group.
    virtual Task<std::vector<std::string>> members(GroupName name) = 0;
    /// Moves each workload to `to`; with `from`, one that is in another group is a conflict. Fault::not_found when
    /// there is no group `to`. On a cluster without a group of that name, "default" stands for no group.
    virtual Task<std::vector<Outcome>> move(std::vector<std::string> names, std::optional<GroupName> from,
                                            GroupName to) = 0;
};

} // namespace thv
