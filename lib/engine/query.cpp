// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/query.hpp"

#include "core/unknown_workload.hpp"
#include "io/process.hpp"
#include "workload/watch.hpp"

#include <fmt/format.h>

#include <chrono>
#include <map>

namespace thv::engine {

namespace {

bool owner_alive(const Sighting& sighting) {
    if (!sighting.status) return false;
    const StatusOwner owner{sighting.status->process_id, sighting.status->updated_at, sighting.name};
    const auto process = process_info(owner.pid);
    return process && is_owner(owner, process->arguments, process->started);
}

void read_status(Sighting& sighting, const Statuses& statuses) {
    try {
        sighting.status = statuses.load(sighting.name);
    } catch (const Error& error) {
        sighting.broken = error;
    }
}

/// A container that is left of an earlier workload has no run config.
Result<RunConfig> loaded(const RunConfigs& run_configs, const std::string& name) {
    try {
        if (auto config = run_configs.load(name)) return *std::move(config);
    } catch (const Error& error) {
        return std::unexpected{error};
    }
    return std::unexpected{unknown_workload(name)};
}

} // namespace

Task<std::vector<Workload>> Query::observe_all() {
    std::map<std::string, Sighting> sightings;
    auto scan = run_configs_.scan();
    for (auto& config : scan.configs)
        sightings[key(config)].config = std::move(config);
    for (auto& [name, error] : scan.broken)
        sightings[name].broken = error;

    std::optional<Error> silence;
    try {
        for (auto& container : co_await inventory_.list()) {
            auto& seen = sightings[workload_of(container)].container;
            if (!seen || container.running()) seen = std::move(container);
        }
    } catch (const Error& error) {
        if (error.fault() != Fault::unreachable || sightings.empty()) throw;
        silence = error;
    }

    std::vector<std::string> names;
    names.reserve(sightings.size());
    for (const auto& [name, sighting] : sightings)
        names.push_back(name);
    auto reports = supervisors_.ask(names);
    std::vector<Workload> workloads;
    for (auto& [name, sighting] : sightings) {
        sighting.name = name;
        sighting.engine_answers = !silence;
        if (const auto report = reports.find(name); report != reports.end()) sighting.supervisor = report->second;
        read_status(sighting, statuses_);
        sighting.status_owner_alive = !sighting.supervisor && owner_alive(sighting);
        workloads.push_back(observe(sighting));
    }
    co_return workloads;
}

Task<> Query::scan(Filter filter, WorkloadSink sink) {
    auto workloads = co_await observe_all();
    for (auto& workload : workloads)
        if (matches(workload, filter)) sink(std::move(workload));
}

Task<std::optional<Workload>> Query::find(WorkloadName name) {
    auto workloads = co_await observe_all();
    for (auto& workload : workloads)
        if (workload.name == name.str()) co_return std::move(workload);
    co_return std::nullopt;
}

Task<RunConfig> Query::config(WorkloadName name) {
    auto config = run_configs_.load(name.str());
    if (config) co_return std::move(*config);
    throw unknown_workload(name.str());
}

Task<> Query::scan_configs(Filter filter, ConfigSink sink) {
    for (auto& workload : co_await observe_all())
        if (matches(workload, filter)) {
            auto config = loaded(run_configs_, workload.name);
            sink(std::move(workload.name), std::move(config));
        }
}

Task<> Query::watch(Filter filter, ChangeSink sink) {
    co_await watch_by_listing(*this, std::move(filter), std::move(sink), std::chrono::seconds{1});
}

} // namespace thv::engine
