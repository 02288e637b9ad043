// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/api.hpp"
#include "cluster/observe.hpp"
#include "workload/grouping.hpp"

namespace thv::cluster {

/// MCPGroups, and the references of workloads to them. A move never undoes somebody else's.
class Grouping : public thv::Grouping {
public:
    /// Keeps a reference.
    explicit Grouping(Api& api)
        : api_(api) {}

    Task<std::vector<Group>> groups() override;
    Task<> create(GroupName name) override;
    /// A VirtualMCPServer that refers to the group counts as a member here.
    Task<> erase(GroupName name) override;
    Task<std::vector<std::string>> members(GroupName name) override;
    Task<std::vector<Outcome>> move(std::vector<std::string> names, std::optional<GroupName> from,
                                    GroupName to) override;

private:
    Task<std::optional<Json>> find(GroupName name);
    Task<std::vector<std::string>> referring(std::vector<Resource> kinds, std::string group);
    Task<> move_one(std::string name, std::optional<std::string> from, std::string to);
    Task<bool> try_move(Found found, std::string to);

    Api& api_;
};

} // namespace thv::cluster
