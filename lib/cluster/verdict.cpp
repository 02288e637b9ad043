// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/verdict.hpp"

#include "cluster/meta.hpp"
#include "cluster/place.hpp"
#include "cluster/status_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace thv::cluster {

namespace {

const Condition* find_condition(const OnCluster& place, std::string_view type) {
    const auto found = std::ranges::find(place.conditions, type, &Condition::type);
    return found == place.conditions.end() ? nullptr : &*found;
}

State state_of_phase(std::string_view phase) {
    if (phase == "Ready" || phase == "Running" || phase == "Valid") return State::running;
    if (phase == "Pending") return State::starting;
    if (phase == "Failed") return State::error;
    if (phase == "Terminating") return State::removing;
    if (phase == "Stopped") return State::stopped;
    return State::unknown;
}

void add(std::string& reason, std::string_view more) {
    if (more.empty()) return;
    if (!reason.empty()) reason += "; ";
    reason += more;
}

/// The operator's own words for why it is not ready.
std::string words_of_operator(const Json& object, const OnCluster& place) {
    const auto* ready = find_condition(place, "Ready");
    if (ready != nullptr && ready->status == "False" && !ready->message.empty()) return presentable(ready->message);
    return presentable(text_at(object, {"status", "message"}));
}

/// What the operator found wrong with the specification, or warns of.
std::string complaints(const OnCluster& place) {
    // Of these "True" is the bad news.
    constexpr std::array warnings{std::string_view{"StdioReplicaCapped"}, std::string_view{"SessionStorageWarning"},
                                  std::string_view{"AuthzPrimaryUpstreamProviderIgnored"}};
    std::string all;
    for (const auto& condition : place.conditions) {
        if (condition.type == "Ready") continue;
        const bool warning = std::ranges::find(warnings, condition.type) != warnings.end();
        if (condition.status != (warning ? "True" : "False")) continue;
        const auto& why = condition.message.empty() ? condition.reason : condition.message;
        add(all, fmt::format("{}: {}", presentable(condition.type), presentable(why)));
    }
    return all;
}

Judgement leaving(const Json& object) {
    const auto finalizers = finalizers_of(object);
    return {State::removing, finalizers.empty() ? "" : "it waits for whoever has to clean up first: " + finalizers};
}

/// Nothing of it is wanted (spec.replicas is 0).
Judgement unwanted(const OnCluster& place) {
    const bool runs = place.phase == "Ready" || place.phase == "Running" || (place.proxy && place.proxy->ready > 0);
    const bool has_word = place.kind == mcp_servers.kind; // only there is "Stopped" a phase
    if (has_word ? place.phase == "Stopped" && !runs : !runs) return {State::stopped, ""};
    return {State::stopping, ""};
}

Judgement by_phase(const Json& object, const OnCluster& place) {
    if (place.phase.empty()) return {State::starting, "the operator has not seen it yet"};
    const auto state = state_of_phase(place.phase);
    const auto replicas = integer_at(object, {"spec", "replicas"});
    if (replicas && *replicas == 0) return unwanted(place);
    // The word of before: whoever says how many there are to be says that it starts.
    if (state == State::stopped && replicas) return {State::starting, ""};
    if (state == State::running || state == State::stopped) return {state, ""};
    return {state, words_of_operator(object, place)};
}

/// The port of "http://host:PORT/path", 0 without one, and the path.
struct UrlEnd {
    int port = 0;
    std::string_view path;
};
std::optional<UrlEnd> end_of(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == std::string_view::npos) return std::nullopt;
    const auto rest = url.substr(scheme + 3);
    const auto slash = std::min(rest.find('/'), rest.size());
    const auto authority = rest.substr(0, slash);
    const auto colon = authority.rfind(':');
    if (colon == std::string_view::npos || authority.size() - colon > 6) return std::nullopt;
    UrlEnd end{.path = rest.substr(slash)};
    for (const char digit : authority.substr(colon + 1)) {
        if (digit < '0' || digit > '9') return std::nullopt;
        end.port = end.port * 10 + (digit - '0');
    }
    return end;
}

} // namespace

std::string finalizers_of(const Json& object) {
    std::string names;
    for (const auto& finalizer : elements_at(object, {"metadata", "finalizers"})) {
        if (!finalizer.is_string()) continue;
        if (!names.empty()) names += ", ";
        names += presentable(finalizer.get_ref<const std::string&>());
    }
    return names;
}

bool leads_to(const Workload& workload) {
    const auto* place = workload.on_cluster();
    if (place == nullptr || workload.port == 0 || workload.url.empty()) return true;
    const auto end = end_of(workload.url);
    if (!end) return true;
    if (end->port != workload.port) return false;
    if (place->kind != mcp_servers.kind) return true;
    return end->path.starts_with("/sse") == (workload.proxy_mode == "sse");
}

Judgement judge(const Json& object, const Workload& workload) {
    const auto& place = *workload.on_cluster();
    if (is_leaving(object)) return leaving(object);
    auto judgement = by_phase(object, place);
    auto& reason = judgement.reason;
    if (judgement.state == State::running && place.proxy && place.proxy->ready < place.proxy->wanted)
        add(reason, fmt::format("{} of {} proxy pods are ready", place.proxy->ready, place.proxy->wanted));
    if (!place.current && !place.phase.empty()) add(reason, "the operator has not seen the last change yet");
    add(reason, complaints(place));
    if (!at_rest(judgement.state) && !leads_to(workload))
        add(reason, "its URL is from before its port or transport was changed and leads nowhere");
    return judgement;
}

Judgement judge_backend(Judgement judgement, PodCount backend) {
    const auto [ready, wanted] = backend;
    if (judgement.state == State::running && ready < std::max(wanted, 1)) {
        const bool none = ready == 0;
        auto why = fmt::format("{} of {} server pods are ready", ready, wanted);
        if (none) why = fmt::format("the proxy is ready, but {} of {} server pods are", ready, wanted);
        add(why, judgement.reason);
        return {none ? State::unhealthy : State::running, why};
    }
    if (judgement.state == State::stopped && (ready > 0 || wanted > 0)) {
        auto why = fmt::format("the proxy is stopped, but {} of {} server pods are ready", ready, wanted);
        if (ready == 0) why = "the proxy is stopped, but its server is not";
        add(why, judgement.reason);
        return {State::stopping, why};
    }
    return judgement;
}

} // namespace thv::cluster
