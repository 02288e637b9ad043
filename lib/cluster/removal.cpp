// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/removal.hpp"

#include "cluster/change.hpp"
#include "cluster/meta.hpp"
#include "cluster/observe.hpp"
#include "cluster/pods.hpp"
#include "cluster/scale.hpp"
#include "cluster/status_error.hpp"
#include "cluster/verdict.hpp"
#include "cluster/waiting.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <memory>
#include <utility>

namespace thv::cluster {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// How long the operator has before its part is done for it.
constexpr Duration patience = 4s;
constexpr std::string_view operators_finalizer = "mcpserver.toolhive.stacklok.dev/finalizer";
constexpr Resource services{"v1", "services", "Service"};
constexpr Resource config_maps{"v1", "configmaps", "ConfigMap"};

bool same(const Json& before, const Json& now) {
    return !before.is_null() && !now.is_null() && uid_of(before) == uid_of(now);
}

/// A proxy that was just starting has made its server again after the operator had removed it: it belongs to nothing.
bool is_left_behind(const Sighting& seen) {
    return seen.object.is_null() && label_of(seen.stateful_set, "toolhive") == "true" &&
           elements_at(seen.stateful_set, {"metadata", "ownerReferences"}).empty();
}

/// What the operator's finalizer removes and nobody else would: what belongs to no object that goes with the workload.
Task<> remove_left_over(Api& api, std::string name) {
    const std::array<Place, 4> places{Place{stateful_sets, api.name_space(), name},
                                      Place{services, api.name_space(), "mcp-" + name},
                                      Place{services, api.name_space(), fmt::format("mcp-{}-headless", name)},
                                      Place{config_maps, api.name_space(), name + "-runconfig"}};
    for (const auto& place : places) {
        const auto object = co_await api.find(place);
        if (!object || is_leaving(*object) || !elements_at(*object, {"metadata", "ownerReferences"}).empty()) continue;
        co_await remove_exactly(api, place, uid_of(*object));
    }
}

/// Does what nobody else does of a removal: always what a late proxy has made again, and with force the operator's
/// part, once it has had its time.
class Takeover {
public:
    Takeover(Api& api, Sighting before, Progress progress, bool force)
        : api_(api)
        , before_(std::move(before))
        , progress_(std::move(progress))
        , force_(force) {}

    Task<> help(Sighting seen) {
        const auto name = name_of(before_.object);
        if (same(before_.object, seen.object)) {
            if (!force_) co_return;
            auto patch = release_patch(seen.object);
            if (Clock::now() - since_ < patience || patch.is_null()) co_return;
            if (progress_)
                progress_(fmt::format("{}: removing the finalizer {}, because the operator does not", name,
                                      operators_finalizer));
            co_await release(std::move(patch));
            released_ = true;
        } else if (is_left_behind(seen) || (released_ && seen.object.is_null())) {
            co_await remove_left_over(api_, name);
        }
    }

private:
    Task<> release(Json patch) {
        const Place place{before_.resource, api_.name_space(), name_of(before_.object)};
        const WriteOptions options{.manager = std::string{scale_manager}};
        try {
            co_await api_.patch(place, PatchKind::json, std::move(patch), options);
        } catch (const StatusError& error) {
            // Gone, or changed meanwhile: it is looked at again.
            if (error.code() != 404 && error.code() != 409 && error.code() != 422) throw;
        }
    }

    Api& api_;
    Sighting before_;
    Progress progress_;
    bool force_;
    Clock::time_point since_ = Clock::now();
    bool released_ = false;
};

Task<> wait_until_removed(Api& api, Sighting before, Ending ending) {
    const auto name = name_of(before.object);
    const auto resource = before.resource;
    const auto limit = ending.timeout.value_or(usual_end);
    const auto takeover = std::make_shared<Takeover>(api, before, ending.progress, ending.force);
    Goal goal{.reached = [before](const Sighting& seen) { return removed(before, seen); },
              .late = {},
              .limit = limit,
              .progress = ending.progress};
    goal.help = [takeover](Sighting seen) { return takeover->help(std::move(seen)); };
    goal.late = [name, limit](const std::string& why) {
        return Error{Fault::timed_out, fmt::format("'{}' is not gone after {}: {}", name, in_seconds(limit), why)}.hint(
            fmt::format("does the operator run? 'thv rm --force {}' does without it", name));
    };
    co_await wait_for(api, {resource, name}, std::move(goal));
}

} // namespace

Verdict removed(const Sighting& before, const Sighting& seen) {
    const auto waiting = [](std::string why) { return Verdict{Verdict::Kind::waiting, std::move(why)}; };
    if (same(before.object, seen.object)) {
        const auto held = finalizers_of(seen.object);
        if (!is_leaving(seen.object) || held.empty()) return waiting("waiting for the cluster to remove it");
        return waiting(fmt::format("held by the finalizer {}, which its controller has not removed since {}", held,
                                   presentable(text_at(seen.object, {"metadata", "deletionTimestamp"}))));
    }
    if (same(before.stateful_set, seen.stateful_set)) return waiting("its server is still there");
    if (same(before.deployment, seen.deployment)) return waiting("its proxy is still there");
    // Of a new workload with its name, the pods are that one's.
    if (!seen.object.is_null()) return {Verdict::Kind::reached, {}};
    if (is_left_behind(seen)) return waiting("its server was made again by a proxy that was just starting");
    for (const auto* list : {&seen.server_pods, &seen.proxy_pods})
        for (const auto& pod : *list)
            if (!has_ended(pod)) return waiting(fmt::format("pod {} is ending", name_of(pod)));
    return {Verdict::Kind::reached, {}};
}

Json release_patch(const Json& object) {
    const auto& finalizers = elements_at(object, {"metadata", "finalizers"});
    if (!is_leaving(object) || finalizers.size() != 1 || finalizers.front() != operators_finalizer) return {};
    return Json::array(
        {{{"op", "test"}, {"path", "/metadata/uid"}, {"value", uid_of(object)}},
         {{"op", "test"}, {"path", "/metadata/finalizers"}, {"value", Json::array({operators_finalizer})}},
         {{"op", "remove"}, {"path", "/metadata/finalizers"}}});
}

Task<> remove_workload(Api& api, std::string name, Ending ending) {
    auto found = co_await require_workload(api, name);
    auto before = co_await observe(api, found.resource, name, std::move(found.object));
    const Place place{found.resource, api.name_space(), name};
    co_await remove_exactly(api, place, uid_of(before.object));
    if (ending.wait) co_await wait_until_removed(api, std::move(before), std::move(ending));
}

} // namespace thv::cluster
