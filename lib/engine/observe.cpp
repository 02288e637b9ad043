// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/observe.hpp"

#include "remote/access.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace thv::engine {

namespace {

constexpr std::array own_labels{"toolhive",           "toolhive-name",
                                "toolhive-basename",  "toolhive-transport",
                                "toolhive-port",      "toolhive-network-isolation",
                                "toolhive-auxiliary", "toolhive-auxiliary-workload"};

std::map<std::string, std::string> user_labels(const std::map<std::string, std::string>& labels) {
    auto result = labels;
    for (const auto* name : own_labels)
        result.erase(name);
    return result;
}

std::string label(const Sighting& sighting, const std::string& name) {
    if (!sighting.container) return {};
    const auto found = sighting.container->labels.find(name);
    return found == sighting.container->labels.end() ? std::string{} : found->second;
}

struct Verdict {
    State state;
    std::string reason;
};

State state_of_container(const ContainerInfo& container) {
    if (container.state == "running") return State::running;
    if (container.state == "created" || container.state == "restarting") return State::starting;
    if (container.state == "removing") return State::removing;
    if (container.state == "paused" || container.state == "exited" || container.state == "dead") return State::stopped;
    return State::unknown;
}

/// Nobody serves it and its container, if there is one, does not run.
Verdict at_rest(const Sighting& sighting) {
    if (!sighting.status) return {State::stopped, ""};
    const auto& status = *sighting.status;
    switch (status.state) {
    case State::stopped:
        return {State::stopped, status.context};
    case State::error:
    case State::policy_stopped:
        return {status.state, status.context};
    case State::removing:
        return {State::stopped, "its removal was interrupted; run 'thv rm' again"};
    default:
        return {State::stopped, "it ended without being stopped (its supervisor was killed, or the machine restarted)"};
    }
}

bool is_remote(const Sighting& sighting) {
    return sighting.config && !sighting.config->remote_url.empty();
}

Verdict with_supervisor(const SupervisorReport& report, const Sighting& sighting) {
    if (is_remote(sighting)) return {report.state, report.reason};
    const bool container_runs = !sighting.engine_answers || (sighting.container && sighting.container->running());
    if (report.state == State::running && !container_runs)
        return {State::starting, "its container has just ended; its supervisor restarts it"};
    return {report.state, report.reason};
}

Verdict judge(const Sighting& sighting) {
    if (sighting.supervisor) return with_supervisor(*sighting.supervisor, sighting);
    if (is_remote(sighting))
        return sighting.status && sighting.status_owner_alive
                   ? Verdict{sighting.status->state, sighting.status->context}
                   : at_rest(sighting);
    if (sighting.status_owner_alive && sighting.status) {
        const auto& status = *sighting.status;
        const bool runs = !sighting.engine_answers || (sighting.container && sighting.container->running());
        if (status.state != State::running || runs) return {status.state, status.context};
        return {State::unhealthy, "its proxy runs but its container does not"};
    }
    if (!sighting.engine_answers) return {State::unknown, "the container engine does not answer"};
    if (sighting.container && state_of_container(*sighting.container) == State::running)
        return {State::unhealthy,
                fmt::format("its container runs but its proxy does not; run 'thv start {}'", sighting.name)};
    if (sighting.container && !sighting.config)
        return {state_of_container(*sighting.container), "it has no run config; only 'thv rm' can act on it"};
    return at_rest(sighting);
}

void describe(Workload& workload, const Sighting& sighting) {
    if (sighting.config) {
        const auto& config = *sighting.config;
        workload.package = config.image;
        workload.port = config.port;
        workload.url = config.port == 0 ? "" : workload_url(config);
        workload.transport = transport_word(config);
        workload.proxy_mode = to_string(config.proxy_mode);
        workload.group = config.group;
        workload.labels = user_labels(config.container_labels);
    } else if (sighting.container) {
        workload.package = sighting.container->image;
        workload.transport = label(sighting, "toolhive-transport");
        workload.labels = user_labels(sighting.container->labels);
    }
    if (sighting.status) workload.created_at = sighting.status->created_at;
    if (!workload.created_at && sighting.container) workload.created_at = sighting.container->created_at;
}

} // namespace

Workload observe(const Sighting& sighting) {
    Workload workload;
    workload.name = sighting.name;
    describe(workload, sighting);
    auto [state, reason] = judge(sighting);
    if (sighting.broken) {
        reason = sighting.broken->message();
        if (!sighting.supervisor && state != State::unhealthy) state = State::error;
    }
    workload.state = state;
    workload.reason = std::move(reason);
    if (sighting.config && is_remote(sighting)) {
        workload.package = "remote";
        workload.place = Remote{remote::shown_url(sighting.config->remote_url)};
        if (sighting.supervisor) workload.started_at = sighting.supervisor->started_at;
        return workload;
    }
    OnEngine place;
    if (sighting.container) {
        place.container_id = sighting.container->id;
        place.container_state = sighting.container->state;
        if (sighting.container->running()) workload.started_at = sighting.container->started_at;
    }
    if (sighting.supervisor) {
        place.supervisor_pid = sighting.supervisor->pid;
        if (sighting.supervisor->started_at) workload.started_at = sighting.supervisor->started_at;
    }
    workload.place = place;
    return workload;
}

bool shown_by_default(State state) {
    return !thv::at_rest(state);
}

bool is_owner(const StatusOwner& owner, const std::vector<std::string>& arguments, Time process_started) {
    // /proc tells the start of a process to about a second.
    if (process_started > owner.written + std::chrono::seconds{2}) return false;
    if (arguments.empty() || !arguments.front().ends_with("thv")) return false;
    return std::ranges::find(arguments, owner.name) != arguments.end();
}

} // namespace thv::engine
