// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/explain.hpp"

#include "cluster/meta.hpp"
#include "cluster/pods.hpp"

#include <fmt/format.h>

#include <utility>

namespace thv::cluster {

namespace {

constexpr std::size_t longest_label = 63;

} // namespace

bool wants_explanation(const Workload& workload) {
    const auto* place = workload.on_cluster();
    const bool has_pods = place != nullptr && place->kind != mcp_server_entries.kind;
    const auto state = workload.state;
    return has_pods && (state == State::starting || state == State::error || state == State::unhealthy);
}

Workload explained(Workload workload, const std::vector<Json>& its_pods) {
    const auto* place = workload.on_cluster();
    const bool server = place != nullptr && place->kind == mcp_servers.kind;
    for (const auto& pod : its_pods) {
        const auto app = label_of(pod, "app");
        const bool ours = server ? app == workload.name || app == "mcpserver" : app == "mcpremoteproxy";
        if (!ours || is_leaving(pod)) continue;
        const auto trouble = trouble_of(pod);
        if (!trouble) continue;
        auto why = fmt::format("{} (pod {})", trouble->why, name_of(pod));
        workload.reason = workload.reason.empty() ? std::move(why) : fmt::format("{}; {}", why, workload.reason);
        break;
    }
    return workload;
}

Task<Workload> explain(Api& api, Workload workload) {
    // A longer name cannot be a label, so no pod carries it.
    if (workload.name.size() > longest_label) co_return workload;
    const Place all{pods, workload.on_cluster()->name_space};
    std::vector<Json> found;
    try {
        co_await api.list(all, {.label_selector = "toolhive-name=" + workload.name},
                          [&found](Json pod) { found.push_back(std::move(pod)); });
    } catch (const StatusError& error) {
        if (error.code() != 403) throw;
    }
    co_return explained(std::move(workload), found);
}

} // namespace thv::cluster
