// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/restart.hpp"

#include "cluster/meta.hpp"

#include <algorithm>
#include <chrono>

namespace thv::cluster {

namespace {

using namespace std::chrono_literals;

constexpr auto asked = "mcpserver.toolhive.stacklok.dev/restarted-at";
constexpr auto done = "mcpserver.toolhive.stacklok.dev/last-processed-restart";
constexpr auto strategy = "mcpserver.toolhive.stacklok.dev/restart-strategy";
/// kubectl's own, which the proxy keeps when it makes its StatefulSet anew.
constexpr auto on_pods = "kubectl.kubernetes.io/restartedAt";
constexpr auto on_remote_proxy = "thv.dev/restarted-at";

/// Of two restarts at once the later one is the former's, too.
bool at_least(const std::string& text, const std::string& stamp) {
    const auto time = parse_rfc3339(text);
    const auto least = parse_rfc3339(stamp);
    return time && least && *time >= *least;
}

std::string on_template(const Json& controller, std::string_view name) {
    return text_at(controller, {"spec", "template", "metadata", "annotations", name});
}

} // namespace

std::string restart_stamp(const Json& object, Time now) {
    auto stamp = std::chrono::floor<std::chrono::milliseconds>(now);
    for (const auto* name : {asked, done}) {
        const auto before = parse_rfc3339(annotation_of(object, name));
        if (before) stamp = std::max(stamp, std::chrono::floor<std::chrono::milliseconds>(*before) + 1ms);
    }
    return format_rfc3339(stamp);
}

Duration restart_pause(const Sighting& seen, Time now) {
    const auto last = parse_rfc3339(on_template(seen.deployment, asked));
    return last && now < *last + 2s ? Duration{1s} : Duration::zero();
}

Json restart_patch(const Json& object, const Resource& resource, const std::string& stamp) {
    if (resource.plural == mcp_servers.plural) {
        Json annotations{{asked, stamp}};
        if (annotation_of(object, strategy) == "immediate") annotations[strategy] = nullptr;
        return {{"metadata", {{"annotations", std::move(annotations)}}}};
    }
    const Json on_template{{"annotations", {{on_remote_proxy, stamp}}}};
    return {{"spec", {{"resourceOverrides", {{"proxyDeployment", {{"podTemplateMetadataOverrides", on_template}}}}}}}};
}

Json restart_pods_patch(const std::string& stamp) {
    return {{"spec", {{"template", {{"metadata", {{"annotations", {{on_pods, stamp}}}}}}}}}};
}

bool was_restarted(const Sighting& seen, const std::string& stamp) {
    if (!seen.has_server()) return at_least(on_template(seen.deployment, on_remote_proxy), stamp);
    const bool server = seen.stateful_set.is_null() || at_least(on_template(seen.stateful_set, on_pods), stamp);
    return server && at_least(annotation_of(seen.object, done), stamp);
}

} // namespace thv::cluster
