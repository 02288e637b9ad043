// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/name.hpp"
#include "store/folder.hpp"
#include "store/run_configs.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace thv {

/// One group as its file describes it.
struct GroupFile {
    std::string name;
    std::vector<std::string> registered_clients;
    nlohmann::ordered_json document = nlohmann::ordered_json::object(); ///< what was read, other fields included
};

GroupFile group_from_json(std::string_view text, std::string_view where);
/// The bytes of the file, as upstream writes them (pkg/groups/group.go).
std::string to_json(const GroupFile& group);

/// The groups on disk, shared with upstream. Which group a workload is in stands in its run config. The group
/// "default" is always there for readers, and its file is made when something is first written to it. Reading never
/// writes; all writers exclude each other across processes.
class Groups {
public:
    struct Scan {
        std::vector<GroupFile> groups; ///< sorted by name, "default" among them
        std::vector<Broken> broken;
    };

    /// Keeps a reference to the run configs.
    Groups(std::filesystem::path folder, RunConfigs& configs);

    /// All groups but the hidden one that upstream keeps for itself.
    Scan scan() const;
    bool exists(const GroupName& name) const;
    /// Throws Fault::not_found when there is no such group.
    void require(const GroupName& name) const;
    /// Names of the workloads in a group, sorted; those whose run config cannot be read are in none.
    std::vector<std::string> members(const GroupName& name) const;

    /// Fault::conflict when it exists, Fault::denied for a name that upstream reserves.
    void create(const GroupName& name);
    /// Fault::denied for "default"; Fault::conflict while it has members, or may have, because a run config cannot be
    /// read; Fault::not_found when there is none.
    void erase(const GroupName& name);
    /// Changes what is registered in a group. Fault::not_found when there is none.
    void update(const GroupName& name, const std::function<void(GroupFile&)>& change);
    /// Promises that the group exists for as long as the result lives: to be held while a workload is put into it.
    /// Fault::not_found when there is none. No other function of Groups may be called meanwhile.
    [[nodiscard]] FileLock pin(const GroupName& name);

private:
    FileLock lock() const;

    JsonFolder folder_;
    RunConfigs& configs_;
};

} // namespace thv
