// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/format.hpp"

#include "core/time.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>

namespace thv::commands {

using Json = nlohmann::ordered_json;

namespace {

constexpr const char* zero_time = "0001-01-01T00:00:00Z";

std::string time_text(const std::optional<Time>& time) {
    return time ? format_rfc3339(*time) : zero_time;
}

/// The key is left out when there is nothing to say, as Go's omitempty does.
void put(Json& document, const char* key, const std::string& value) {
    if (!value.empty()) document[key] = value;
}

Json count_json(const PodCount& count) {
    return {{"ready", count.ready}, {"wanted", count.wanted}};
}

/// What only a workload on a cluster has.
void put_place(Json& document, const OnCluster& place) {
    document["namespace"] = place.name_space;
    document["kind"] = place.kind;
    put(document, "phase", place.phase);
    if (!place.current) document["outdated"] = true;
    if (place.proxy) document["proxy_pods"] = count_json(*place.proxy);
    if (place.backend) document["server_pods"] = count_json(*place.backend);
    put(document, "remote_url", place.remote_url);
    put(document, "auth_config", place.auth_config);
}

Json conditions_json(const std::vector<Condition>& conditions) {
    Json list = Json::array();
    for (const auto& condition : conditions) {
        Json entry{{"type", condition.type}, {"status", condition.status}};
        put(entry, "reason", condition.reason);
        put(entry, "message", condition.message);
        list.push_back(std::move(entry));
    }
    return list;
}

} // namespace

Json list_json(const Workload& workload) {
    Json document = Json::object();
    document["name"] = workload.name;
    document["package"] = workload.package;
    document["url"] = workload.url;
    document["port"] = workload.port;
    document["transport_type"] = workload.transport;
    put(document, "proxy_mode", workload.proxy_mode);
    document["status"] = to_string(workload.state);
    put(document, "status_context", workload.reason);
    document["created_at"] = time_text(workload.created_at);
    if (!workload.labels.empty()) document["labels"] = workload.labels;
    put(document, "group", workload.group);
    if (workload.remote()) document["remote"] = true;
    if (const auto* place = workload.on_cluster()) put_place(document, *place);
    document["started_at"] = time_text(workload.started_at);
    return document;
}

Json client_json(const std::vector<Workload>& workloads) {
    Json servers = Json::object();
    for (const auto& workload : workloads) {
        Json server = Json::object();
        server["type"] = workload.proxy_mode.empty() ? workload.transport : workload.proxy_mode;
        server["url"] = workload.url;
        servers[workload.name] = std::move(server);
    }
    Json document = Json::object();
    document["mcpServers"] = std::move(servers);
    return document;
}

Json status_json(const Workload& workload, Time at) {
    Json document = Json::object();
    document["name"] = workload.name;
    document["status"] = to_string(workload.state);
    put(document, "health", workload.reason);
    document["package"] = workload.package;
    document["url"] = workload.url;
    document["port"] = workload.port;
    document["transport"] = workload.transport;
    put(document, "proxy_mode", workload.proxy_mode);
    put(document, "group", workload.group);
    if (const auto* place = workload.on_cluster()) {
        put_place(document, *place);
        if (!place->conditions.empty()) document["conditions"] = conditions_json(place->conditions);
    }
    if (workload.started_at && workload.state == State::running) document["uptime"] = uptime(at - *workload.started_at);
    return document;
}

std::string uptime(Duration span) {
    using std::chrono::days;
    using std::chrono::duration_cast;
    using std::chrono::hours;
    using std::chrono::minutes;
    using std::chrono::seconds;
    if (span < Duration::zero()) span = Duration::zero();
    const auto day = duration_cast<days>(span);
    const auto hour = duration_cast<hours>(span - day);
    const auto minute = duration_cast<minutes>(span - day - hour);
    if (day.count() > 0) return fmt::format("{}d {}h {}m", day.count(), hour.count(), minute.count());
    if (hour.count() > 0) return fmt::format("{}h {}m", hour.count(), minute.count());
    if (minute.count() > 0) return fmt::format("{}m", minute.count());
    return fmt::format("{}s", duration_cast<seconds>(span).count());
}

std::string moment(const std::optional<Time>& time, Time at, bool for_people) {
    if (!time) return {};
    if (!for_people) return format_rfc3339(std::chrono::floor<std::chrono::seconds>(*time));
    auto span = human_span(at - *time);
    span.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(span.front())));
    return span + " ago";
}

} // namespace thv::commands
