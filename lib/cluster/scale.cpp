// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/scale.hpp"

#include "cluster/meta.hpp"

#include <algorithm>
#include <utility>

namespace thv::cluster {

namespace {

/// A JSON object: {"proxy":2,"server":1}.
constexpr auto remembered = "thv.dev/replicas";
constexpr long long most_pods = 10'000;
constexpr std::size_t longest_note = 200;

Json note_of(const Json& object) {
    const auto text = annotation_of(object, remembered);
    return text.size() > longest_note ? Json{} : Json::parse(text, nullptr, false);
}

/// The first of the counts that is one.
long long first_count(std::initializer_list<std::optional<long long>> counts) {
    for (const auto& count : counts)
        if (count && *count > 0) return std::min(*count, most_pods);
    return 1;
}

/// Without a number of its own the object leaves the Deployment as somebody else has scaled it.
bool proxy_is_stopped(const Sighting& seen) {
    const auto asked = integer_at(seen.object, {"spec", "replicas"});
    return (asked ? asked : integer_at(seen.deployment, {"spec", "replicas"})) == 0;
}

} // namespace

Counts running_counts(const Sighting& seen) {
    const auto note = note_of(seen.object);
    const auto asked = integer_at(seen.object, {"spec", "replicas"});
    // Where the object asks for no number, whoever scales the Deployment decides.
    const auto live = asked ? std::nullopt : integer_at(seen.deployment, {"spec", "replicas"});
    return {first_count({asked, live, integer_at(note, {"proxy"})}),
            first_count({integer_at(seen.stateful_set, {"spec", "replicas"}), integer_at(note, {"server"}),
                         integer_at(seen.object, {"spec", "backendReplicas"})})};
}

bool is_stopped(const Sighting& seen) {
    return proxy_is_stopped(seen) || integer_at(seen.stateful_set, {"spec", "replicas"}) == 0;
}

bool remembers_counts(const Json& object) {
    return !annotation_of(object, remembered).empty();
}

std::optional<Json> stop_patch(const Sighting& seen) {
    if (integer_at(seen.object, {"spec", "replicas"}) == 0 && remembers_counts(seen.object)) return std::nullopt;
    const auto counts = running_counts(seen);
    Json note{{"proxy", counts.proxy}};
    if (seen.has_server()) note["server"] = counts.server;
    Json patch;
    patch["metadata"]["annotations"][remembered] = note.dump();
    patch["spec"]["replicas"] = 0;
    return patch;
}

std::optional<Json> start_patch(const Sighting& seen) {
    Json patch;
    if (remembers_counts(seen.object)) patch["metadata"]["annotations"][remembered] = nullptr;
    if (proxy_is_stopped(seen)) patch["spec"]["replicas"] = running_counts(seen).proxy;
    if (patch.is_null()) return std::nullopt;
    return patch;
}

Task<> scale_server(Api& api, std::string name, long long replicas) {
    const Place place{stateful_sets, api.name_space(), std::move(name), "scale"};
    const Json patch{{"spec", {{"replicas", replicas}}}};
    const WriteOptions options{.manager = std::string{scale_manager}};
    try {
        co_await api.patch(place, PatchKind::merge, patch, options);
    } catch (const Error& error) {
        if (error.fault() != Fault::not_found) throw;
    }
}

} // namespace thv::cluster
