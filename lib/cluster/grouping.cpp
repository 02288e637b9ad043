// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/grouping.hpp"

#include "cluster/change.hpp"
#include "cluster/membership.hpp"
#include "cluster/meta.hpp"
#include "cluster/status_error.hpp"
#include "io/deadline.hpp"
#include "io/gather.hpp"
#include "manifest/manifest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace thv::cluster {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t parallel = 16;
constexpr std::size_t most_named = 5;
constexpr auto removal_limit = 30s;

Error no_group(const GroupName& name) {
    return Error{Fault::not_found, fmt::format("no group named '{}'", name.str())}.hint(
        "'thv group list' shows the groups of this namespace");
}

std::string some_of(std::vector<std::string> names) {
    const auto count = names.size();
    if (count > most_named) names.resize(most_named);
    return fmt::format("{}{}", fmt::join(names, ", "), count > most_named ? ", …" : "");
}

/// Where `group` stands for no group at all it is "default" to a person.
std::string shown_group(const std::string& group) {
    return group.empty() ? std::string{default_group} : group;
}

Task<> wait_until_gone(Api& api, Place place, std::string uid) {
    for (;;) {
        const auto group = co_await api.find(place);
        if (!group || uid_of(*group) != uid) co_return;
        co_await sleep_for(200ms);
    }
}

} // namespace

Task<std::optional<Json>> Grouping::find(GroupName name) {
    check_cluster_group(name.str());
    const Place place{mcp_groups, api_.name_space(), name.str()};
    auto group = co_await api_.find(place);
    co_return group;
}

Task<std::vector<Group>> Grouping::groups() {
    std::vector<Group> found;
    const Place all{mcp_groups, api_.name_space()};
    co_await api_.list(all, {}, [&found](const Json& group) { found.push_back({name_of(group), {}}); });
    std::ranges::sort(found, {}, &Group::name);
    co_return found;
}

Task<> Grouping::create(GroupName name) {
    check_cluster_group(name.str());
    const Json group{{"apiVersion", mcp_groups.group_version},
                     {"kind", mcp_groups.kind},
                     {"metadata", {{"name", name.str()}}},
                     {"spec", Json::object()}};
    const Place place{mcp_groups, api_.name_space()};
    try {
        co_await api_.create(place, group, {.strict = true});
        co_return;
    } catch (const StatusError& error) {
        if (error.reason() != "AlreadyExists") throw;
    }
    throw Error{Fault::conflict, fmt::format("a group named '{}' exists already", name.str())};
}

/// Names of the objects of these kinds that refer to a group.
Task<std::vector<std::string>> Grouping::referring(std::vector<Resource> kinds, std::string group) {
    std::vector<std::string> names;
    const auto take = [&](const Json& object) {
        if (group_of(object) == group) names.push_back(name_of(object));
    };
    for (const auto& kind : kinds) {
        const Place all{kind, api_.name_space()};
        try {
            co_await api_.list(all, {}, take);
        } catch (const StatusError& error) {
            if (error.reason() != unknown_resource) throw;
        }
    }
    std::ranges::sort(names);
    const auto repeated = std::ranges::unique(names);
    names.erase(repeated.begin(), repeated.end());
    co_return names;
}

Task<std::vector<std::string>> Grouping::members(GroupName name) {
    const auto group = co_await find(name);
    if (!group) throw no_group(name);
    auto names = co_await referring({workload_kinds.begin(), workload_kinds.end()}, name.str());
    co_return names;
}

Task<> Grouping::erase(GroupName name) {
    const auto group = co_await find(name);
    if (!group) throw no_group(name);
    const auto users = co_await referring({workload_kinds.begin(), workload_kinds.end()}, name.str());
    if (!users.empty())
        throw Error{Fault::conflict, fmt::format("the group '{}' still has members: {}", name.str(), some_of(users))}
            .hint("remove them, or move them to another group with 'thv group mv'");
    const auto servers = co_await referring({virtual_mcp_servers}, name.str());
    if (!servers.empty())
        throw Error{Fault::conflict,
                    fmt::format("the group '{}' is served by VirtualMCPServer {}", name.str(), some_of(servers))};
    const Place place{mcp_groups, api_.name_space(), name.str()};
    const auto uid = uid_of(*group);
    co_await api_.remove(place, uid);
    co_await with_deadline(wait_until_gone(api_, place, uid), removal_limit,
                           fmt::format("waiting for the operator to let go of the group '{}'", name.str()));
}

Task<std::vector<Outcome>> Grouping::move(std::vector<std::string> names, std::optional<GroupName> from, GroupName to) {
    const auto group = co_await find(to);
    if (!group && to.str() != default_group) throw no_group(to);
    const auto target = group ? to.str() : std::string{};
    const auto source = from ? std::optional{from->str()} : std::nullopt;
    auto outcomes = co_await for_each(std::move(names), parallel, [this, source, target](std::string name) {
        return move_one(std::move(name), source, target);
    });
    co_return outcomes;
}

Task<> Grouping::move_one(std::string name, std::optional<std::string> from, std::string to) {
    std::optional<std::string> seen_in;
    for (int attempt = 0; attempt < change_attempts; ++attempt) {
        auto found = co_await require_workload(api_, name);
        const auto group = group_of(found.object);
        if (from && group != *from && shown_group(group) != *from)
            throw Error{Fault::conflict,
                        fmt::format("workload '{}' is in group '{}', not in '{}'", name, shown_group(group), *from)};
        if (group == to) co_return;
        if (seen_in && *seen_in != group)
            throw Error{Fault::conflict,
                        fmt::format("workload '{}' was moved to group '{}' meanwhile", name, shown_group(group))};
        seen_in = group;
        check_not_leaving(found.object, name);
        if (co_await try_move(std::move(found), to)) co_return;
    }
    throw contended(name);
}

/// False when the object was changed meanwhile.
Task<bool> Grouping::try_move(Found found, std::string to) {
    const Place place{found.resource, api_.name_space(), name_of(found.object)};
    std::optional<StatusError> refusal;
    try {
        co_await api_.patch(place, PatchKind::json, move_patch(found.object, to));
        co_return true;
    } catch (const StatusError& error) {
        if (error.code() != 409 && error.code() != 422) throw;
        refusal = error;
    }
    // A test that failed and an object that would be invalid get the same code.
    const auto now = co_await api_.find(place);
    if (now && version_of(*now) == version_of(found.object))
        throw to.empty() ? refusal->hint("what has to be in a group can only move to another one: thv group mv")
                         : Error{*refusal};
    co_return false;
}

} // namespace thv::cluster
