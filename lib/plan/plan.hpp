// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/run_config.hpp"
#include "plan/workload_file.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace thv::plan {

/// What there is.
struct Current {
    std::vector<std::string> groups;
    std::map<std::string, RunConfig> workloads; ///< by name
};

/// What has to be done about one workload.
struct Step {
    enum class Kind { create, update, move, remove, nothing };
    Kind kind = Kind::nothing;
    std::string name;
    RunConfig next;                                                   ///< of create, update and move
    nlohmann::ordered_json before = nlohmann::ordered_json::object(); ///< its entry; empty when there is none
    nlohmann::ordered_json after = nlohmann::ordered_json::object();
};

struct Plan {
    std::vector<std::string> new_groups;
    std::vector<Step> steps; ///< of the wanted workloads in their order, then of those to remove
    bool empty() const;
};

/// One Fault::not_found, with the workload's name, for each that is to be in a group that nobody makes.
std::vector<Error> missing_groups(const Current& current, const Wanted& wanted);

/// How what is there becomes what is wanted. A port that the file does not give is not a difference: it stays. With
/// `prune`, workloads in the groups that the files name, or put a workload into, are removed when no file has them.
Plan make_plan(const Current& current, const Wanted& wanted, bool prune);

/// A step as a person reads it: "+ NAME", "- NAME" or "~ NAME", and the lines of the fields that differ behind '-' and
/// '+'. Empty when nothing is to be done.
std::string describe(const Step& step);

} // namespace thv::plan
