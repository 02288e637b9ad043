// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "vmcp/discoverer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace thv::vmcp {

namespace {

/// A member, and the way to authenticate that it refers to.
struct Member {
    Backend backend;
    std::string auth_config;
};

std::string_view type_of(std::string_view kind) {
    if (kind == "MCPRemoteProxy") return "remote_proxy";
    return kind == "MCPServerEntry" ? "server_entry" : "mcp_server";
}

std::map<std::string, std::string> metadata_of(const Workload& workload) {
    std::map<std::string, std::string> metadata;
    if (const auto* place = workload.on_cluster()) {
        metadata = place->annotations;
        metadata["tool_type"] = "mcp";
        metadata["workload_type"] = type_of(place->kind);
        metadata["workload_status"] = place->phase;
        metadata["namespace"] = place->name_space;
        if (!place->remote_url.empty()) metadata["remote_url"] = place->remote_url;
    } else {
        metadata["workload_status"] = to_string(workload.state);
    }
    metadata["group"] = workload.group;
    return metadata;
}

Result<Member> member_from(const Workload& workload) {
    const auto* place = workload.on_cluster();
    const bool entry = place != nullptr && place->kind == "MCPServerEntry";
    if (entry && place->phase != "Valid")
        return fail(Fault::conflict,
                    fmt::format("it is not valid{}{}", workload.reason.empty() ? "" : ": ", workload.reason));
    Member member;
    auto& backend = member.backend;
    backend.id = backend.name = workload.name;
    backend.base_url = entry ? place->remote_url : workload.url;
    if (backend.base_url.empty())
        return fail(Fault::unreachable,
                    fmt::format("it has no URL yet{}{}", workload.reason.empty() ? "" : ": ", workload.reason));
    backend.transport = workload.proxy_mode.empty() ? workload.transport : workload.proxy_mode;
    if (backend.transport != "sse") backend.transport = "streamable-http";
    backend.health = health_of(workload.state);
    backend.metadata = metadata_of(workload);
    if (place != nullptr) member.auth_config = place->auth_config;
    return member;
}

using Strategies = std::map<std::string, Result<Strategy>>;

Task<Strategies> strategies_from(OutgoingAuths& auths) {
    Strategies strategies;
    for (const auto& auth : co_await auths.outgoing_auths())
        strategies.emplace(auth.name, strategy_from(auth));
    co_return strategies;
}

Result<std::optional<Strategy>> discovered(const Member& member, const Strategies& strategies) {
    if (member.auth_config.empty()) return std::nullopt;
    const auto found = strategies.find(member.auth_config);
    if (found == strategies.end())
        return fail(Fault::not_found, fmt::format("there is no MCPExternalAuthConfig '{}'", member.auth_config));
    if (!found->second) return std::unexpected{found->second.error()};
    return *found->second;
}

Task<> require_group(Grouping& grouping, const std::string& name) {
    const auto groups = co_await grouping.groups();
    if (std::ranges::find(groups, name, &Group::name) != groups.end()) co_return;
    throw Error{Fault::not_found, fmt::format("no group named '{}'", name)}.hint(
        "run 'thv group ls' to see the groups");
}

} // namespace

std::string_view to_string(Health health) {
    constexpr std::array<std::string_view, 5> words{"healthy", "degraded", "unhealthy", "unauthenticated", "unknown"};
    return words.at(static_cast<std::size_t>(health));
}

Health health_of(State state) {
    switch (state) {
    case State::running:
        return Health::healthy;
    case State::auth_retrying:
        return Health::degraded;
    case State::unauthenticated:
        return Health::unauthenticated;
    case State::starting:
    case State::unknown:
        return Health::unknown;
    default:
        return Health::unhealthy;
    }
}

Task<Discovery> Discoverer::discover(GroupName group) {
    co_await require_group(grouping_, group.str());
    Discovery discovery;
    std::vector<Member> members;
    const auto take = [&](const Workload& workload) {
        if (auto member = member_from(workload))
            members.push_back(*std::move(member));
        else
            discovery.failed.push_back({workload.name, member.error()});
    };
    Filter filter;
    filter.group = group.str();
    co_await query_.scan(std::move(filter), take);

    // With the source "inline" what is found at a backend does not count, so it is not asked for either.
    const bool finds = !config_ || config_->source == AuthConfig::Source::discovered;
    const auto refers = [](const Member& member) { return !member.auth_config.empty(); };
    Strategies strategies;
    if (finds && auths_ != nullptr && std::ranges::any_of(members, refers))
        strategies = co_await strategies_from(*auths_);
    for (auto& member : members) {
        const auto found = finds ? discovered(member, strategies) : Result<std::optional<Strategy>>{};
        if (!found) {
            discovery.failed.push_back({member.backend.name, found.error()});
            continue;
        }
        member.backend.auth = resolve(config_, member.backend.name, *found);
        discovery.backends.push_back(std::move(member.backend));
    }
    std::ranges::sort(discovery.backends, {}, &Backend::name);
    std::ranges::sort(discovery.failed, {}, &Outcome::name);
    co_return discovery;
}

} // namespace thv::vmcp
