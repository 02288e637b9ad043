// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/lifecycle.hpp"

#include "cluster/observe.hpp"
#include "cluster/removal.hpp"
#include "cluster/starting.hpp"
#include "cluster/stopping.hpp"
#include "cluster/write.hpp"
#include "io/gather.hpp"
#include "yaml/yaml.hpp"

#include <fmt/format.h>

#include <utility>

namespace thv::cluster {

namespace {

constexpr std::size_t parallel = 16;

/// Kinds of one name share the names of what the operator makes for them, and the later one never comes up.
Task<> check_free(Api& api, std::string name) {
    for (const auto& kind : {mcp_remote_proxies, virtual_mcp_servers}) {
        const Place place{kind, api.name_space(), name};
        const auto other = co_await find_any(api, place);
        if (other)
            throw Error{Fault::conflict, fmt::format("there is {} {} named '{}'",
                                                     kind.kind == "VirtualMCPServer" ? "a" : "an", kind.kind, name)}
                .hint("the operator would give both the same Deployment; choose another --name");
    }
}

} // namespace

/// All checks, and the one write that is atomic against a second run of the same name.
Task<Json> Lifecycle::create(RunConfig config, bool dry_run) {
    const auto name = key(config);
    auto object = manifest_of(config, api_.name_space());
    co_await require_group(api_, config.group);
    co_await check_free(api_, name);
    const Place place{mcp_servers, api_.name_space(), name};
    const WriteOptions options{.dry_run = dry_run, .strict = true};
    try {
        auto created = co_await api_.create(place, std::move(object), options);
        co_return created;
    } catch (const StatusError& error) {
        if (error.reason() != "AlreadyExists") throw;
    }
    throw Error{Fault::conflict, fmt::format("a workload named '{}' exists already", name)}.hint(
        fmt::format("choose another --name, change it with 'thv update {0}', or remove it with 'thv rm {0}'", name));
}

Task<std::string> Lifecycle::run(RunConfig config, Waiting waiting) {
    const auto name = key(config);
    co_await create(std::move(config), false);
    if (!waiting.wait) co_return std::string{};
    const auto doing = fmt::format("'{}' was created", name);
    auto url = co_await wait_until_serving(api_, mcp_servers, name, doing, std::move(waiting));
    co_return url;
}

Task<std::string> Lifecycle::preview(RunConfig config) {
    auto object = co_await create(std::move(config), true);
    object.erase("status");
    for (const auto* field : {"uid", "creationTimestamp", "generation", "resourceVersion", "managedFields"})
        object["metadata"].erase(field);
    co_return json_to_yaml(object);
}

Task<std::vector<Outcome>> Lifecycle::start(std::vector<std::string> names, bool again, Waiting waiting) {
    auto outcomes = co_await for_each(std::move(names), parallel, [this, again, waiting](std::string name) {
        return start_workload(api_, std::move(name), again, waiting);
    });
    co_return outcomes;
}

Task<std::vector<Outcome>> Lifecycle::stop(std::vector<std::string> names, Ending ending) {
    auto outcomes = co_await for_each(std::move(names), parallel, [this, ending](std::string name) {
        return stop_workload(api_, std::move(name), ending);
    });
    co_return outcomes;
}

Task<std::vector<Outcome>> Lifecycle::remove(std::vector<std::string> names, Ending ending) {
    auto outcomes = co_await for_each(std::move(names), parallel, [this, ending](std::string name) {
        return remove_workload(api_, std::move(name), ending);
    });
    co_return outcomes;
}

} // namespace thv::cluster
