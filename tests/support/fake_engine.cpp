// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "support/fake_engine.hpp"

#include "workload/watch.hpp"

#include <fmt/format.h>

namespace thv::test {

namespace {

constexpr int first_port = 20000;

Error no_workload(const std::string& name) {
    return Error{Fault::not_found, fmt::format("no workload named '{}'", name)}.hint(
        "run 'thv ls --all' to see every workload");
}

Error no_group(const std::string& name) {
    return Error{Fault::not_found, fmt::format("no group named '{}'", name)};
}

} // namespace

Workload& FakeEngine::add(const std::string& name, State state, const std::string& group) {
    Workload workload;
    workload.name = name;
    workload.state = state;
    workload.package = fmt::format("example/{}:1", name);
    workload.port = first_port + static_cast<int>(workloads.size());
    workload.url = fmt::format("http://127.0.0.1:{}/mcp", workload.port);
    workload.transport = "stdio";
    workload.proxy_mode = "streamable-http";
    workload.group = group;
    workload.created_at = parse_rfc3339("2026-03-01T09:30:00.25Z").value();
    return workloads.insert_or_assign(name, std::move(workload)).first->second;
}

std::vector<std::string> FakeEngine::names() const {
    std::vector<std::string> all;
    for (const auto& [name, workload] : workloads)
        all.push_back(name);
    return all;
}

std::vector<std::string> FakeEngine::running() const {
    std::vector<std::string> those;
    for (const auto& [name, workload] : workloads)
        if (workload.state == State::running) those.push_back(name);
    return those;
}

void FakeEngine::answer() const {
    if (!reachable) throw Error{Fault::unreachable, "the container engine does not answer"};
}

Workload& FakeEngine::existing(const std::string& name) {
    if (const auto failure = broken.find(name); failure != broken.end()) throw Error{failure->second};
    const auto found = workloads.find(name);
    if (found == workloads.end()) throw no_workload(name);
    return found->second;
}

std::vector<Outcome> FakeEngine::each(const std::vector<std::string>& names,
                                      const std::function<void(Workload&)>& change) {
    std::vector<Outcome> outcomes;
    for (const auto& name : names) {
        try {
            change(existing(name));
            outcomes.push_back({name, std::nullopt});
        } catch (const Error& error) {
            outcomes.push_back({name, error});
        }
    }
    return outcomes;
}

bool FakeEngine::has_group(const std::string& name) const {
    return name == default_group || group_files.contains(name);
}

Task<> FakeEngine::scan(Filter filter, WorkloadSink sink) {
    answer();
    last_filter = filter;
    for (const auto& [name, workload] : workloads)
        if (matches(workload, filter)) sink(workload);
    co_return;
}

Task<std::optional<Workload>> FakeEngine::find(WorkloadName name) {
    answer();
    const auto found = workloads.find(name.str());
    if (found == workloads.end()) co_return std::nullopt;
    co_return found->second;
}

Task<RunConfig> FakeEngine::config(WorkloadName name) {
    answer();
    const auto found = configs.find(name.str());
    if (found == configs.end()) throw no_workload(name.str());
    co_return found->second;
}

Task<> FakeEngine::scan_configs(Filter filter, ConfigSink sink) {
    answer();
    last_filter = filter;
    for (const auto& [name, workload] : workloads) {
        if (!matches(workload, filter)) continue;
        const auto found = configs.find(name);
        if (found == configs.end())
            sink(name, std::unexpected{no_workload(name)});
        else
            sink(name, found->second);
    }
    co_return;
}

Task<> FakeEngine::watch(Filter filter, ChangeSink sink) {
    if (happenings.empty()) co_await watch_by_listing(*this, filter, sink, std::chrono::milliseconds{1});
    Told told;
    auto current = co_await list(filter);
    told.replace(std::move(current), sink);
    for (const auto& happen : happenings) {
        happen();
        current = co_await list(filter);
        told.replace(std::move(current), sink);
    }
}

Task<std::vector<OutgoingAuth>> FakeEngine::outgoing_auths() {
    answer();
    co_return auths;
}

void FakeEngine::check_new(const RunConfig& wanted) const {
    answer();
    if (const auto failure = broken.find(wanted.name); failure != broken.end()) throw Error{failure->second};
    if (workloads.contains(wanted.name))
        throw Error{Fault::conflict, fmt::format("workload with name '{}' already exists", wanted.name)};
    if (!has_group(wanted.group)) throw no_group(wanted.group);
}

std::string FakeEngine::put(RunConfig wanted) {
    auto& workload = add(wanted.name, State::running, wanted.group);
    workload.package = wanted.image;
    workload.transport = to_string(wanted.transport);
    if (wanted.port != 0) workload.port = wanted.port;
    wanted.port = workload.port;
    workload.url = workload_url(wanted);
    workload.labels = wanted.container_labels;
    const auto url = workload.url;
    configs.insert_or_assign(wanted.name, std::move(wanted));
    return url;
}

Task<std::string> FakeEngine::run(RunConfig wanted, Waiting waiting) {
    last_waiting = waiting;
    check_new(wanted);
    if (waiting.progress) waiting.progress(fmt::format("Pulling {} …", wanted.image));
    co_return put(std::move(wanted));
}

Task<std::string> FakeEngine::preview(RunConfig wanted) {
    check_new(wanted);
    co_return to_json(wanted);
}

Task<std::string> FakeEngine::replace(RunConfig next, bool force, Waiting waiting) {
    answer();
    forced = force;
    last_waiting = waiting;
    next.port = existing(next.name).port;
    co_return put(std::move(next));
}

Task<std::vector<Outcome>> FakeEngine::start(std::vector<std::string> names, bool again, Waiting waiting) {
    answer();
    last_waiting = waiting;
    co_return each(names, [&](Workload& workload) {
        if (workload.state == State::running && !again) return;
        if (waiting.progress) waiting.progress(fmt::format("Starting {} …", workload.name));
        started.push_back(workload.name);
        workload.state = State::running;
    });
}

Task<std::vector<Outcome>> FakeEngine::stop(std::vector<std::string> names, Ending ending) {
    answer();
    last_ending = std::move(ending);
    co_return each(names, [](Workload& workload) { workload.state = State::stopped; });
}

Task<std::vector<Outcome>> FakeEngine::remove(std::vector<std::string> names, Ending ending) {
    answer();
    last_ending = std::move(ending);
    auto outcomes = each(names, [](Workload&) {});
    for (const auto& outcome : outcomes)
        if (!outcome.error) {
            workloads.erase(outcome.name);
            configs.erase(outcome.name);
        }
    co_return outcomes;
}

Task<> FakeEngine::tail(WorkloadName name, TailOptions options, LineSink sink) {
    existing(name.str());
    last_tail = options;
    const auto& lines = (options.source == LogSource::proxy ? proxy_logs : server_logs)[name.str()];
    const auto wanted = static_cast<std::size_t>(options.lines.value_or(static_cast<int>(lines.size())));
    const auto skipped = lines.size() > wanted ? lines.size() - wanted : 0;
    for (std::size_t at = skipped; at < lines.size(); ++at)
        sink({.text = lines[at].text, .to_stderr = lines[at].to_stderr});
    co_return;
}

Task<std::vector<Group>> FakeEngine::groups() {
    auto all = group_files;
    all.try_emplace(std::string{default_group}, Group{.name = std::string{default_group}, .registered_clients = {}});
    std::vector<Group> sorted;
    for (const auto& [name, group] : all)
        sorted.push_back(group);
    co_return sorted;
}

Task<> FakeEngine::create(GroupName name) {
    if (has_group(name.str())) throw Error{Fault::conflict, fmt::format("group '{}' already exists", name.str())};
    group_files[name.str()] = Group{.name = name.str(), .registered_clients = {}};
    co_return;
}

Task<> FakeEngine::erase(GroupName name) {
    if (name.str() == default_group) throw Error{Fault::denied, "the group 'default' cannot be removed"};
    if (!has_group(name.str())) throw no_group(name.str());
    for (const auto& [key, workload] : workloads)
        if (workload.group == name.str())
            throw Error{Fault::conflict, fmt::format("group '{}' still has members", name.str())};
    group_files.erase(name.str());
    co_return;
}

Task<std::vector<std::string>> FakeEngine::members(GroupName name) {
    if (!has_group(name.str())) throw no_group(name.str());
    std::vector<std::string> those;
    for (const auto& [key, workload] : workloads)
        if (workload.group == name.str()) those.push_back(key);
    co_return those;
}

Task<std::vector<Outcome>> FakeEngine::move(std::vector<std::string> names, std::optional<GroupName> from,
                                            GroupName to) {
    if (!has_group(to.str())) throw no_group(to.str());
    co_return each(names, [&](Workload& workload) {
        if (from && workload.group != from->str())
            throw Error{Fault::conflict, fmt::format("'{}' is in group '{}'", workload.name, workload.group)};
        workload.group = to.str();
    });
}

} // namespace thv::test
