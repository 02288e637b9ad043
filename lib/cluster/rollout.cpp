// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/rollout.hpp"

#include "cluster/meta.hpp"
#include "cluster/pods.hpp"
#include "cluster/restart.hpp"
#include "cluster/status_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

namespace thv::cluster {

namespace {

/// What the operator and the proxy stamp on the pods that they make: the generation of the object that they made them
/// of.
constexpr std::string_view generation_stamp = "toolhive.stacklok.dev/mcpserver-generation";

Verdict waiting(std::string why) {
    return {Verdict::Kind::waiting, std::move(why)};
}
Verdict failed(Fault fault, std::string why) {
    return {Verdict::Kind::failed, std::move(why), fault};
}

long long number(const Json& object, Path path, long long otherwise = 0) {
    return integer_at(object, path).value_or(otherwise);
}

/// Operators from before they counted generations say a phase and nothing else.
bool seen_by_operator(const Json& object) {
    if (const auto observed = integer_at(object, {"status", "observedGeneration"}))
        return *observed >= number(object, {"metadata", "generation"});
    return !text_at(object, {"status", "phase"}).empty() && condition_of(object, "Ready") == nullptr;
}

bool says_ready(const Json& object) {
    if (const auto* ready = condition_of(object, "Ready")) return text_at(*ready, {"status"}) == "True";
    const auto phase = text_at(object, {"status", "phase"});
    return phase == "Ready" || phase == "Running";
}

/// What a template was made of; none where nobody stamps that.
std::optional<long long> made_of(const Json& annotations) {
    const auto text = text_at(annotations, {generation_stamp});
    if (text.empty() || text.size() > 18 || text.find_first_not_of("0123456789") != std::string::npos)
        return std::nullopt;
    return std::stoll(text);
}

bool is_current(const Json& annotations, const Json& object) {
    return made_of(annotations).value_or(number(object, {"metadata", "generation"})) >=
           number(object, {"metadata", "generation"});
}

const Json& template_annotations(const Json& controller) {
    return part_at(controller, {"spec", "template", "metadata", "annotations"});
}

const Json& own_annotations(const Json& object) {
    return part_at(object, {"metadata", "annotations"});
}

bool observed(const Json& controller) {
    return number(controller, {"status", "observedGeneration"}) >= number(controller, {"metadata", "generation"});
}

long long wanted(const Json& controller) {
    return number(controller, {"spec", "replicas"}, 1);
}

/// Pods of the newest form that are ready.
long long ready(const Json& controller) {
    return std::min(number(controller, {"status", "updatedReplicas"}), number(controller, {"status", "readyReplicas"}));
}

std::optional<Verdict> lost(const Sighting& seen) {
    if (seen.object.is_null()) return failed(Fault::not_found, "it was removed meanwhile");
    if (is_leaving(seen.object)) return failed(Fault::conflict, "it is being removed");
    return std::nullopt;
}

/// Pods of the newest form that are to stay.
std::vector<const Json*> current_pods(const Sighting& seen) {
    std::vector<const Json*> found;
    const auto revision = text_at(seen.stateful_set, {"status", "updateRevision"});
    const bool server_is_current = is_current(template_annotations(seen.stateful_set), seen.object);
    for (const auto& pod : seen.server_pods)
        if (server_is_current && !is_leaving(pod) &&
            (revision.empty() || label_of(pod, "controller-revision-hash") == revision))
            found.push_back(&pod);
    for (const auto& pod : seen.proxy_pods)
        if (!is_leaving(pod) && is_current(own_annotations(pod), seen.object)) found.push_back(&pod);
    return found;
}

std::optional<Verdict> troubled(const Sighting& seen) {
    if (seen.has_server() && !observed(seen.stateful_set) && !seen.stateful_set.is_null()) return std::nullopt;
    for (const auto* pod : current_pods(seen)) {
        const auto trouble = trouble_of(*pod);
        if (!trouble) continue;
        const auto why = fmt::format("{} (pod {})", trouble->why, name_of(*pod));
        return trouble->for_good ? failed(Fault::internal, why) : waiting(why);
    }
    return std::nullopt;
}

std::optional<Verdict> refused(const Json& object) {
    const auto* valid = condition_of(object, "PodTemplateValid");
    if (valid == nullptr || text_at(*valid, {"status"}) != "False") return std::nullopt;
    const auto message = text_at(*valid, {"message"});
    return failed(Fault::usage, "the operator refuses its pod template: " + presentable(message));
}

/// Whether the proxy's Deployment asks for what the object says; why not, otherwise.
std::string unasked_proxy(const Sighting& seen) {
    const auto& proxy = seen.deployment;
    if (proxy.is_null()) return "waiting for the operator to make its proxy";
    const auto replicas = integer_at(seen.object, {"spec", "replicas"});
    if (replicas && *replicas != wanted(proxy)) return "waiting for the operator to scale its proxy";
    if (!is_current(template_annotations(proxy), seen.object)) return "waiting for the operator to change its proxy";
    if (wanted(proxy) == 0) return "its proxy is scaled to 0 pods";
    return observed(proxy) ? std::string{} : "waiting for the cluster to change its proxy";
}

std::string unready_server(const Sighting& seen) {
    const auto& server = seen.stateful_set;
    if (!seen.has_server()) return {};
    if (server.is_null()) return "waiting for the proxy to make its server";
    if (!is_current(template_annotations(server), seen.object)) return "waiting for the proxy to change its server";
    if (wanted(server) == 0) return "its server is scaled to 0 pods";
    if (!observed(server)) return "waiting for the cluster to change its server";
    if (ready(server) >= wanted(server)) return {};
    return fmt::format("{} of {} server pods are ready", ready(server), wanted(server));
}

std::string unready_proxy(const Json& proxy) {
    if (ready(proxy) < wanted(proxy)) return fmt::format("{} of {} proxy pods are ready", ready(proxy), wanted(proxy));
    const auto former = number(proxy, {"status", "replicas"}) - number(proxy, {"status", "updatedReplicas"});
    return former > 0 ? "the former proxy is still there" : std::string{};
}

std::string remaining_pod(const Sighting& seen) {
    for (const auto* pods : {&seen.server_pods, &seen.proxy_pods})
        for (const auto& pod : *pods)
            if (!has_ended(pod)) return name_of(pod);
    return {};
}

/// The first of the reasons that is one.
Verdict reached_unless(std::initializer_list<std::string> reasons) {
    for (const auto& reason : reasons)
        if (!reason.empty()) return waiting(reason);
    return {Verdict::Kind::reached, {}};
}

std::string unready_word(const Sighting& seen) {
    if (text_at(seen.object, {"status", "url"}).empty()) return "waiting for its URL";
    if (says_ready(seen.object)) return {};
    const auto* ready = condition_of(seen.object, "Ready");
    const auto message = ready ? presentable(text_at(*ready, {"message"})) : std::string{};
    return message.empty() ? "waiting for the operator to call it ready" : "the operator says: " + message;
}

} // namespace

Verdict serving(const Sighting& seen) {
    if (const auto over = lost(seen)) return *over;
    if (!seen_by_operator(seen.object)) return waiting("waiting for the operator to see it");
    if (const auto wrong = refused(seen.object)) return *wrong;
    if (const auto trouble = troubled(seen)) return *trouble;
    // An entry is only a note of where a server is.
    if (seen.resource.plural == mcp_server_entries.plural) return reached_unless({});
    if (const auto why = unasked_proxy(seen); !why.empty()) return waiting(why);
    return reached_unless({unready_server(seen), unready_proxy(seen.deployment), unready_word(seen)});
}

Verdict restarted(const Sighting& seen, const std::string& stamp) {
    if (const auto over = lost(seen)) return *over;
    if (!was_restarted(seen, stamp)) return waiting("waiting for the operator to restart its proxy");
    return serving(seen);
}

Verdict stopped(const Sighting& seen) {
    if (const auto over = lost(seen)) return *over;
    if (number(seen.object, {"spec", "replicas"}, 1) != 0) return failed(Fault::conflict, "it was started meanwhile");
    if (!seen_by_operator(seen.object)) return waiting("waiting for the operator to see it");
    if (!seen.stateful_set.is_null() && wanted(seen.stateful_set) != 0)
        return waiting("its server is not scaled down yet");
    if (!seen.deployment.is_null() && wanted(seen.deployment) != 0)
        return waiting("waiting for the operator to stop its proxy");
    if (const auto pod = remaining_pod(seen); !pod.empty()) return waiting(fmt::format("pod {} is ending", pod));
    const bool says_so = !seen.has_server() || text_at(seen.object, {"status", "phase"}) == "Stopped";
    return says_so ? reached_unless({}) : waiting("waiting for the operator to call it stopped");
}

std::vector<Json> stuck_pods(const Sighting& seen) {
    std::vector<Json> stuck;
    const auto revision = text_at(seen.stateful_set, {"status", "updateRevision"});
    if (revision.empty() || !observed(seen.stateful_set)) return stuck;
    for (const auto& pod : seen.server_pods)
        if (!is_leaving(pod) && !is_ready(pod) && label_of(pod, "controller-revision-hash") != revision)
            stuck.push_back(pod);
    return stuck;
}

} // namespace thv::cluster
