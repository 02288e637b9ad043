// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/change.hpp"

#include "cluster/meta.hpp"

#include <fmt/format.h>

#include <utility>

namespace thv::cluster {

namespace {

void check_changeable(const Found& found, const std::string& name, const std::string& what) {
    if (found.resource.plural == mcp_server_entries.plural)
        throw Error{
            Fault::unsupported,
            fmt::format("'{}' is an MCPServerEntry: its server is not the cluster's and cannot {}", name, what)};
    check_not_leaving(found.object, name);
}

/// None when somebody else was faster.
Task<std::optional<Json>> try_patch(Api& api, const Sighting& seen, Json patch) {
    const Place place{seen.resource, api.name_space(), name_of(seen.object)};
    patch["metadata"]["resourceVersion"] = version_of(seen.object);
    const WriteOptions options{.manager = std::string{scale_manager}};
    try {
        auto object = co_await api.patch(place, PatchKind::merge, std::move(patch), options);
        co_return object;
    } catch (const Error& error) {
        if (error.fault() != Fault::conflict) throw;
    }
    co_return std::nullopt;
}

} // namespace

Error contended(const std::string& name) {
    return Error{Fault::conflict, fmt::format("'{}' is changed by others all the time", name)}.hint("try it again");
}

void check_not_leaving(const Json& object, const std::string& name) {
    if (is_leaving(object)) throw Error{Fault::conflict, fmt::format("'{}' is being removed", name)};
}

Task<> remove_exactly(Api& api, Place place, std::string uid, std::optional<int> grace) {
    try {
        co_await api.remove(std::move(place), std::move(uid), grace);
    } catch (const Error& error) {
        if (error.fault() != Fault::not_found && error.fault() != Fault::conflict) throw;
    }
}

Task<Sighting> change_workload(Api& api, std::string name, std::string what, Decide decide) {
    for (int attempt = 0; attempt < change_attempts; ++attempt) {
        auto found = co_await require_workload(api, name);
        check_changeable(found, name, what);
        auto seen = co_await observe(api, found.resource, name, std::move(found.object));
        auto patch = decide(seen);
        if (!patch) co_return seen;
        auto changed = co_await try_patch(api, seen, *std::move(patch));
        if (!changed) continue;
        seen.object = *std::move(changed);
        co_return seen;
    }
    throw contended(name);
}

} // namespace thv::cluster
