// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/resource.hpp"

#include "cluster/membership.hpp"
#include "cluster/meta.hpp"
#include "cluster/place.hpp"
#include "cluster/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <string_view>

namespace thv::cluster {

namespace {

int small(std::optional<long long> number, int otherwise) {
    if (!number || *number < 0 || *number > std::numeric_limits<int>::max()) return otherwise;
    return static_cast<int>(*number);
}

/// Notes that programs leave for each other, which say nothing about the workload.
bool is_bookkeeping(std::string_view key) {
    constexpr std::array prefixes{std::string_view{"kubectl.kubernetes.io/"}, std::string_view{"kubernetes.io/"},
                                  std::string_view{"deployment.kubernetes.io/"}, std::string_view{"k8s.io/"}};
    const auto domain = key.substr(0, key.find('/'));
    const bool ours = key.find('/') != std::string_view::npos &&
                      (domain == toolhive_group || domain.ends_with(".toolhive.stacklok.dev"));
    return ours || std::ranges::any_of(prefixes, [&](auto prefix) { return key.starts_with(prefix); });
}

std::vector<Condition> conditions_of(const Json& object) {
    std::vector<Condition> conditions;
    for (const auto& entry : elements_at(object, {"status", "conditions"})) {
        Condition condition{.type = text_at(entry, {"type"}),
                            .status = text_at(entry, {"status"}),
                            .reason = text_at(entry, {"reason"}),
                            .message = text_at(entry, {"message"})};
        if (!condition.type.empty()) conditions.push_back(std::move(condition));
    }
    return conditions;
}

std::optional<Time> time_at(const Json& object, Path path) {
    const auto time = parse_rfc3339(text_at(object, path));
    return time ? std::optional{*time} : std::nullopt;
}

std::optional<Time> ready_since(const Json& object) {
    const auto* ready = condition_of(object, "Ready");
    return ready == nullptr ? std::nullopt : time_at(*ready, {"lastTransitionTime"});
}

std::optional<PodCount> proxy_pods(const Json& object) {
    if (value_at(object, {"status"}) == nullptr) return std::nullopt;
    const int ready = small(integer_at(object, {"status", "readyReplicas"}), 0);
    // Without a wish of its own the Deployment has one, or what an autoscaler has made of it.
    return PodCount{.ready = ready, .wanted = small(integer_at(object, {"spec", "replicas"}), std::max(ready, 1))};
}

OnCluster place_of(const Json& object, const std::string& kind) {
    OnCluster place{.name_space = text_at(object, {"metadata", "namespace"}),
                    .kind = kind,
                    .phase = text_at(object, {"status", "phase"}),
                    .conditions = conditions_of(object),
                    .auth_config = text_at(object, {"spec", "externalAuthConfigRef", "name"}),
                    .annotations = table_at(object, {"metadata", "annotations"})};
    std::erase_if(place.annotations, [](const auto& entry) { return is_bookkeeping(entry.first); });
    // Operators from before they counted generations say a phase and nothing of this.
    const auto observed = integer_at(object, {"status", "observedGeneration"});
    place.current =
        observed ? *observed >= integer_at(object, {"metadata", "generation"}).value_or(0) : !place.phase.empty();
    if (kind == mcp_servers.kind)
        place.proxy = proxy_pods(object);
    else
        place.remote_url = text_at(object, {"spec", "remoteUrl"});
    return place;
}

std::string text_or(std::string text, std::string_view otherwise) {
    return text.empty() ? std::string{otherwise} : std::move(text);
}

/// What the specification says of how it is reached; the defaults are those of the resource definitions.
void describe(Workload& workload, const Json& object, const OnCluster& place) {
    const auto transport = text_at(object, {"spec", "transport"});
    workload.url = text_at(object, {"status", "url"});
    if (place.kind == mcp_servers.kind) {
        workload.package = text_at(object, {"spec", "image"});
        workload.transport = text_or(transport, "stdio");
        workload.proxy_mode = text_or(text_at(object, {"spec", "proxyMode"}), "streamable-http");
        // It counts for stdio only; a server that speaks HTTP is passed through.
        if (workload.transport != "stdio") workload.proxy_mode = workload.transport;
    } else {
        workload.package = place.remote_url;
        workload.transport = text_or(transport, "streamable-http");
        workload.proxy_mode = workload.transport;
    }
    if (place.kind == mcp_server_entries.kind)
        workload.url = place.remote_url;
    else
        workload.port = small(integer_at(object, {"spec", "proxyPort"}), 8080);
}

} // namespace

std::optional<Workload> workload_from(const Json& object, const std::string& kind) {
    Workload workload;
    workload.name = text_at(object, {"metadata", "name"});
    if (workload.name.empty()) return std::nullopt;
    auto place = place_of(object, kind);
    workload.group = group_of(object);
    workload.labels = table_at(object, {"metadata", "labels"});
    workload.created_at = time_at(object, {"metadata", "creationTimestamp"});
    describe(workload, object, place);
    workload.place = std::move(place);
    auto verdict = judge(object, workload);
    workload.state = verdict.state;
    workload.reason = std::move(verdict.reason);
    if (workload.state == State::running) workload.started_at = ready_since(object);
    return workload;
}

PodCount pods_of(const Json& stateful_set) {
    return {.ready = small(integer_at(stateful_set, {"status", "readyReplicas"}), 0),
            .wanted = small(integer_at(stateful_set, {"spec", "replicas"}), 1)};
}

Workload with_backend(Workload workload, PodCount backend) {
    auto* place = std::get_if<OnCluster>(&workload.place);
    if (place == nullptr || place->kind != mcp_servers.kind) return workload;
    place->backend = backend;
    auto verdict = judge_backend({workload.state, workload.reason}, backend);
    workload.state = verdict.state;
    workload.reason = std::move(verdict.reason);
    if (workload.state != State::running) workload.started_at.reset();
    return workload;
}

} // namespace thv::cluster
