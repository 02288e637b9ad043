// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/grouping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace thv::engine {

Grouping::Grouping(thv::Groups& groups, RunConfigs& configs)
    : groups_(groups)
    , configs_(configs) {}

Task<std::vector<Group>> Grouping::groups() {
    auto scan = groups_.scan();
    std::vector<Group> out;
    out.reserve(scan.groups.size() + scan.broken.size());
    for (auto& group : scan.groups)
        out.push_back({std::move(group.name), std::move(group.registered_clients)});
    for (auto& broken : scan.broken) {
        if (GroupName::parse(broken.name)) out.push_back({std::move(broken.name), {}});
    }
    std::ranges::sort(out, {}, &Group::name);
    co_return out;
}

Task<> Grouping::create(GroupName name) {
    groups_.create(name);
    co_return;
}

Task<> Grouping::erase(GroupName name) {
    groups_.erase(name);
    co_return;
}

Task<std::vector<std::string>> Grouping::members(GroupName name) {
    groups_.require(name);
    co_return groups_.members(name);
}

Task<std::vector<Outcome>> Grouping::move(std::vector<std::string> names, std::optional<GroupName> from, GroupName to) {
    groups_.require(to);
    std::vector<Outcome> outcomes;
    for (const auto& name : names) {
        auto& outcome = outcomes.emplace_back(Outcome{name, std::nullopt});
        try {
            move_one(name, from, to);
        } catch (const Error& error) {
            outcome.error = error;
        }
    }
    co_return outcomes;
}

void Grouping::move_one(const std::string& name, const std::optional<GroupName>& from, const GroupName& to) {
    // Held for one move only, so that a long list does not keep others waiting.
    const auto pin = groups_.pin(to);
    configs_.update(name, [&](RunConfig& config) {
        if (from && config.group != from->str()) {
            throw Error{Fault::conflict,
                        fmt::format("workload '{}' is in group '{}', not in '{}'", name, config.group, from->str())};
        }
        config.group = to.str();
        // A file that says nothing means "default" to us and no group at all to upstream; after a move it says so.
        config.document["group"] = to.str();
    });
}

} // namespace thv::engine
