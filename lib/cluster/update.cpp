// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/update.hpp"

#include "cluster/change.hpp"
#include "cluster/meta.hpp"
#include "cluster/observe.hpp"
#include "cluster/ownership.hpp"
#include "cluster/resource.hpp"
#include "cluster/scale.hpp"
#include "cluster/starting.hpp"
#include "cluster/status_error.hpp"
#include "cluster/verdict.hpp"
#include "cluster/write.hpp"

#include <fmt/format.h>

#include <utility>

namespace thv::cluster {

namespace {

Error gone(const std::string& name) {
    return Error{Fault::not_found, fmt::format("'{}' was removed meanwhile", name)};
}

} // namespace

bool has_stale_url(const Json& server) {
    const auto workload = workload_from(server, std::string{mcp_servers.kind});
    return workload && !leads_to(*workload);
}

/// The object as it is, all that thv has written to it being its own of server-side apply.
Task<Json> Update::adopt(Place place) {
    for (int attempt = 0; attempt < change_attempts; ++attempt) {
        auto object = co_await api_.get(place, true);
        check_not_leaving(object, place.name);
        auto patch = adoption_patch(object, WriteOptions{}.manager);
        if (patch.is_null()) co_return object;
        try {
            co_await api_.patch(place, PatchKind::json, std::move(patch));
        } catch (const StatusError& error) {
            if (error.fault() != Fault::conflict) throw;
        }
    }
    throw contended(place.name);
}

Task<Json> Update::apply(Place place, Json manifest, bool force) {
    const auto before = co_await adopt(place);
    // An apply makes what is not there: not of one that was removed just now.
    manifest["metadata"]["uid"] = uid_of(before);
    // How many pods a stopped workload has is not the specification's business until it is started.
    if (remembers_counts(before)) manifest["spec"].erase("replicas");
    const WriteOptions options{.force = force, .strict = true};
    try {
        auto object = co_await api_.patch(place, PatchKind::apply, std::move(manifest), options);
        co_return object;
    } catch (const StatusError& error) {
        if (error.reason() != "Conflict" || !error.causes().empty()) throw;
    }
    throw gone(place.name);
}

/// Makes the operator write the URL anew.
Task<> Update::renew_url(Place place, Json object) {
    if (!has_stale_url(object)) co_return;
    place.subresource = "status";
    const Json patch{{"metadata", {{"uid", uid_of(object)}}}, {"status", {{"url", nullptr}}}};
    co_await api_.patch(std::move(place), PatchKind::merge, patch);
}

Task<std::string> Update::replace(RunConfig next, bool force, Waiting waiting) {
    const auto name = key(next);
    auto manifest = manifest_of(next, api_.name_space());
    const auto found = co_await require_workload(api_, name);
    if (found.resource.plural != mcp_servers.plural)
        throw Error{Fault::unsupported,
                    fmt::format("'{}' is an {}, which 'thv update' cannot change", name, found.resource.kind)};
    co_await require_group(api_, next.group);
    const Place place{mcp_servers, api_.name_space(), name};
    const auto object = co_await apply(place, std::move(manifest), force);
    co_await renew_url(place, object);
    const bool stays_stopped = integer_at(object, {"spec", "replicas"}) == 0;
    if (!waiting.wait || stays_stopped)
        co_return has_stale_url(object) ? std::string{} : text_at(object, {"status", "url"});
    auto url =
        co_await wait_until_serving(api_, mcp_servers, name, fmt::format("'{}' was changed", name), std::move(waiting));
    co_return url;
}

} // namespace thv::cluster
