// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/log_source.hpp"

#include "cluster/meta.hpp"

#include <fmt/format.h>

namespace thv::cluster {

LogPods log_pods(const Resource& resource, const std::string& name, LogSource source) {
    const bool server = resource.plural == mcp_servers.plural;
    if (resource.plural == mcp_server_entries.plural)
        throw Error{
            Fault::unsupported,
            fmt::format("'{}' is an MCPServerEntry: its server is not the cluster's, and neither is its log", name)};
    if (source == LogSource::proxy)
        return {name,
                fmt::format("app={},app.kubernetes.io/instance={}", server ? "mcpserver" : "mcpremoteproxy", name),
                "toolhive"};
    if (!server)
        throw Error{Fault::unsupported,
                    fmt::format("'{}' is a remote proxy: the log of its server is not on this cluster", name)}
            .hint(fmt::format("its proxy's is: thv logs --proxy {}", name));
    return {name, fmt::format("app={0},toolhive-name={0}", name), "mcp"};
}

PodState pod_state(const Json& pod, const std::string& container) {
    PodState state{.name = name_of(pod), .uid = uid_of(pod)};
    for (const auto& status : elements_at(pod, {"status", "containerStatuses"})) {
        if (text_at(status, {"name"}) != container) continue;
        const auto there = [&](const char* when, const char* what) {
            return value_at(status, {when, what}) != nullptr;
        };
        state.runs = there("state", "running");
        state.has_log = state.runs || there("state", "terminated") || there("lastState", "terminated");
        state.restarts = integer_at(status, {"restartCount"}).value_or(0);
    }
    return state;
}

bool LogPrinter::wants(const LogRecord& record) const {
    return !options.since || !record.written || *record.written >= *options.since;
}

void LogPrinter::print(const std::string& pod, const LogRecord& record) const {
    const auto origin = pod.empty() ? std::string{} : fmt::format("pod/{}/{}", pod, container);
    sink({.text = options.timestamps ? record.line : record.text(), .origin = origin});
}

} // namespace thv::cluster
