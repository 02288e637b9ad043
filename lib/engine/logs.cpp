// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/logs.hpp"

#include "core/error.hpp"
#include "core/unknown_workload.hpp"
#include "engine/file_tail.hpp"
#include "engine/list.hpp"
#include "engine/log_stream.hpp"
#include "io/deadline.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv::engine {

namespace {

using namespace std::chrono_literals;

constexpr auto between_looks = 500ms;

Streams streams_of(const ContainerInfo& container) {
    const auto transport = container.labels.find("toolhive-transport");
    return transport != container.labels.end() && transport->second == "stdio" ? Streams::stderr_only : Streams::both;
}

} // namespace

Task<> EngineLogs::tail(WorkloadName name, TailOptions options, LineSink sink) {
    if (options.previous) throw Error{Fault::unsupported, "a container engine keeps no log of the container before"};
    if (options.source == LogSource::proxy)
        co_await tail_proxy(name.str(), options, std::move(sink));
    else
        co_await tail_server(name.str(), options, std::move(sink));
}

Task<> EngineLogs::tail_proxy(std::string name, TailOptions options, LineSink sink) {
    const auto path = paths_.proxy_log(name);
    if (!run_configs_.exists(name) && !std::filesystem::exists(path)) throw unknown_workload(name);
    const auto alive = [this, name] { return run_configs_.exists(name); };
    co_await tail_file(path, options, std::move(sink), alive);
}

bool EngineLogs::is_remote(const std::string& name) const {
    try {
        const auto config = run_configs_.load(name);
        return config && !config->remote_url.empty();
    } catch (const Error&) {
        return false; // the log of a workload whose run config is broken can be read all the same
    }
}

/// The workload's container, a running one before the others.
Task<std::optional<ContainerInfo>> EngineLogs::container_of(std::string name) {
    auto api = co_await connector_.api();
    const auto all = co_await list_managed(std::move(api));
    auto mine = containers_of(all, name);
    if (mine.empty())
        std::ranges::copy_if(all, std::back_inserter(mine), [&](const auto& other) { return other.name == name; });
    if (mine.empty()) co_return std::optional<ContainerInfo>{};
    const auto running = std::ranges::find_if(mine, &ContainerInfo::running);
    co_return running == mine.end() ? mine.front() : *running;
}

/// A follower is content with a container that is removed meanwhile: whether another follows is seen later.
Task<> EngineLogs::stream_if_there(ContainerInfo container, TailOptions options, LineSink sink) {
    auto api = co_await connector_.api();
    try {
        co_await stream_log(std::move(api), container.id, streams_of(container), options, std::move(sink));
    } catch (const Error& error) {
        if (error.fault() != Fault::not_found || !options.follow) throw;
    }
}

Task<> EngineLogs::tail_server(std::string name, TailOptions options, LineSink sink) {
    if (is_remote(name))
        throw Error{Fault::unsupported, fmt::format("'{}' is a remote server, whose output is not to be had", name)}
            .hint(fmt::format("'thv logs --proxy {}' shows what its proxy wrote", name));
    auto container = co_await container_of(name);
    if (!container && !run_configs_.exists(name)) throw unknown_workload(name);
    const auto asked = options.since;
    std::string read;
    Time ended;
    for (;;) {
        // Of a container that was read to its end only what it writes when it is started again is new.
        if (container && (container->id != read || container->running())) {
            options.since = container->id == read ? ended : asked;
            co_await stream_if_there(*container, options, sink);
            ended = now();
            read = container->id;
            options.lines = std::nullopt;
        }
        if (!options.follow || !run_configs_.exists(name)) co_return;
        co_await sleep_for(between_looks);
        container = co_await container_of(name);
    }
}

} // namespace thv::engine
