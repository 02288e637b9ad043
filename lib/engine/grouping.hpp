// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/groups.hpp"
#include "store/run_configs.hpp"
#include "workload/grouping.hpp"

namespace thv::engine {

/// Groups of the workloads of this machine: files that upstream shares. A move changes nothing but the group in the
/// workload's run config; labels of its container and the supervisor that runs it do not know of groups.
class Grouping : public thv::Grouping {
public:
    /// Keeps references to both.
    Grouping(thv::Groups& groups, RunConfigs& configs);

    /// A group whose file cannot be read is listed without its clients: it still has members.
    Task<std::vector<Group>> groups() override;
    Task<> create(GroupName name) override;
    Task<> erase(GroupName name) override;
    Task<std::vector<std::string>> members(GroupName name) override;
    Task<std::vector<Outcome>> move(std::vector<std::string> names, std::optional<GroupName> from,
                                    GroupName to) override;

private:
    void move_one(const std::string& name, const std::optional<GroupName>& from, const GroupName& to);

    thv::Groups& groups_;
    RunConfigs& configs_;
};

} // namespace thv::engine
