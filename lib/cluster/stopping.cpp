// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/stopping.hpp"

#include "cluster/change.hpp"
#include "cluster/meta.hpp"
#include "cluster/waiting.hpp"

#include <fmt/format.h>

#include <utility>

namespace thv::cluster {

namespace {

/// A proxy that was just starting has scaled the server to what the object asks for: down again with it.
Task<> hold_down(Api& api, Sighting seen, bool force) {
    if (integer_at(seen.stateful_set, {"spec", "replicas"}).value_or(0) != 0)
        co_await scale_server(api, name_of(seen.object), 0);
    if (!force) co_return;
    for (const auto* list : {&seen.server_pods, &seen.proxy_pods})
        for (const auto& pod : *list) {
            const Place place{pods, api.name_space(), name_of(pod)};
            co_await remove_exactly(api, place, uid_of(pod), 0);
        }
}

Task<> wait_until_stopped(Api& api, Target target, Ending ending) {
    const auto limit = ending.timeout.value_or(usual_end);
    const bool force = ending.force;
    const auto name = target.name;
    Goal goal{.reached = stopped, .late = {}, .limit = limit, .progress = std::move(ending.progress)};
    goal.help = [&api, force](Sighting seen) { return hold_down(api, std::move(seen), force); };
    goal.late = [limit, name](const std::string& why) {
        return Error{Fault::timed_out, fmt::format("'{}' has not stopped after {}: {}", name, in_seconds(limit), why)}
            .hint(fmt::format("it goes on stopping; see 'thv status {0}', and 'thv start {0}' calls it off", name));
    };
    co_await wait_for(api, std::move(target), std::move(goal));
}

} // namespace

Task<> stop_workload(Api& api, std::string name, Ending ending) {
    const auto seen = co_await change_workload(api, name, "be stopped", stop_patch);
    if (integer_at(seen.object, {"spec", "replicas"}) != 0)
        throw Error{Fault::unsupported,
                    fmt::format("'{}' cannot be stopped: the operator of this cluster is too old for it", name)}
            .hint("its resource has no field 'replicas'; remove the workload instead");
    if (integer_at(seen.stateful_set, {"spec", "replicas"}).value_or(0) != 0) co_await scale_server(api, name, 0);
    if (ending.wait) co_await wait_until_stopped(api, {seen.resource, name}, std::move(ending));
}

} // namespace thv::cluster
