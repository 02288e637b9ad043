// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/starting.hpp"

#include "cluster/change.hpp"
#include "cluster/meta.hpp"
#include "cluster/restart.hpp"
#include "cluster/waiting.hpp"
#include "io/deadline.hpp"

#include <fmt/format.h>

#include <utility>

namespace thv::cluster {

namespace {

/// A broken server pod of a former form is in the way of the one that may work.
Task<> remove_stuck(Api& api, Sighting seen) {
    for (const auto& pod : stuck_pods(seen)) {
        const Place place{pods, api.name_space(), name_of(pod)};
        co_await remove_exactly(api, place, uid_of(pod));
    }
}

std::string lookup_hint(const std::string& name) {
    return fmt::format(
        "it stays on the cluster: see 'thv status {0}' and 'thv logs {0}', or remove it with 'thv rm {0}'", name);
}

/// The wait for what a verdict says, with what helps.
Task<Json> wait_serving(Api& api, Target target, std::string doing, Waiting waiting,
                        std::function<Verdict(const Sighting&)> reached) {
    const auto limit = waiting.limit;
    const auto name = target.name;
    Goal goal{.reached = std::move(reached), .late = {}, .limit = limit, .progress = std::move(waiting.progress)};
    goal.help = [&api](Sighting seen) { return remove_stuck(api, std::move(seen)); };
    goal.late = [=](const std::string& why) {
        return Error{Fault::timed_out, fmt::format("{} but does not serve after {}: {}", doing, in_seconds(limit), why)}
            .hint(lookup_hint(name));
    };
    try {
        auto object = co_await wait_for(api, std::move(target), std::move(goal));
        co_return object;
    } catch (const Error& error) {
        if (error.fault() != Fault::internal && error.fault() != Fault::usage) throw;
        if (!error.hint().empty()) throw;
        throw Error{error.fault(), fmt::format("{} but cannot serve: {}", doing, error.message())}.hint(
            lookup_hint(name));
    }
}

Task<> restart_running(Api& api, Sighting seen, std::string stamp, Waiting waiting) {
    const auto name = name_of(seen.object);
    if (!seen.stateful_set.is_null()) {
        const Place place{stateful_sets, api.name_space(), name};
        const WriteOptions options{.manager = std::string{scale_manager}};
        const auto patch = restart_pods_patch(stamp);
        co_await api.patch(place, PatchKind::merge, patch, options);
    }
    if (!waiting.wait) co_return;
    const auto reached = [stamp](const Sighting& now) { return restarted(now, stamp); };
    const auto doing = fmt::format("'{}' was restarted", name);
    co_await wait_serving(api, {seen.resource, name}, doing, std::move(waiting), reached);
}

/// What one reading of a workload made of a start.
struct Plan {
    bool restarts = false;
    bool server_is_down = false;
    std::string stamp;
    long long server = 1;
};

Plan plan_for(const Sighting& seen, bool again) {
    Plan plan;
    plan.restarts = again && !is_stopped(seen);
    plan.server_is_down = integer_at(seen.stateful_set, {"spec", "replicas"}) == 0;
    if (plan.restarts) plan.stamp = restart_stamp(seen.object, now());
    plan.server = running_counts(seen).server;
    return plan;
}

} // namespace

Task<std::string> wait_until_serving(Api& api, Resource resource, std::string name, std::string doing,
                                     Waiting waiting) {
    const auto object =
        co_await wait_serving(api, {resource, std::move(name)}, std::move(doing), std::move(waiting), serving);
    co_return text_at(object, {"status", "url"});
}

Task<> start_workload(Api& api, std::string name, bool again, Waiting waiting) {
    const std::string what = again ? "be restarted" : "be started";
    const auto before = co_await change_workload(api, name, what, [](const Sighting&) { return std::nullopt; });
    // The server first: a proxy that starts waits for it.
    const auto first = plan_for(before, again);
    if (first.server_is_down) co_await scale_server(api, name, first.server);
    if (first.restarts) co_await sleep_for(restart_pause(before, now()));
    Plan plan;
    const auto decide = [&plan, again, &first](const Sighting& seen) -> std::optional<Json> {
        plan = plan_for(seen, again);
        plan.restarts = plan.restarts && !first.server_is_down;
        return plan.restarts ? restart_patch(seen.object, seen.resource, plan.stamp) : start_patch(seen);
    };
    auto seen = co_await change_workload(api, name, what, decide);
    if (plan.restarts) {
        co_await restart_running(api, std::move(seen), plan.stamp, std::move(waiting));
        co_return;
    }
    if (!waiting.wait) co_return;
    co_await wait_until_serving(api, seen.resource, name, fmt::format("'{}' was started", name), std::move(waiting));
}

} // namespace thv::cluster
