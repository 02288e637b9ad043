// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/query.hpp"

#include "cluster/explain.hpp"
#include "cluster/follow.hpp"
#include "cluster/lookup.hpp"
#include "cluster/observe.hpp"
#include "cluster/resource.hpp"
#include "cluster/scan.hpp"
#include "manifest/manifest.hpp"

#include <fmt/format.h>

namespace thv::cluster {

namespace {

using NamedConfig = std::pair<std::string, Result<RunConfig>>;

Error has_none(const std::string& name, std::string_view kind) {
    return Error{Fault::unsupported, fmt::format("'{}' is an {}, which has no run config", name, kind)};
}

/// `place` names the object in errors.
RunConfig config_from(const Json& object, const Place& place) {
    return config_from_manifest(nlohmann::ordered_json(object), describe(place));
}

/// How an element of the list of that kind is to run; nothing for one that is not wanted.
std::optional<NamedConfig> config_in(const Resource& resource, const Filter& filter, Json object) {
    const std::string kind{resource.kind};
    const auto workload = workload_from(object, kind);
    if (!workload || !matches(*workload, filter)) return std::nullopt;
    const auto& name = workload->name;
    if (resource.kind != mcp_servers.kind) return NamedConfig{name, std::unexpected{has_none(name, kind)}};
    try {
        const Place place{.resource = resource, .name_space = text_at(object, {"metadata", "namespace"}), .name = name};
        object["kind"] = kind; // which elements of lists need not tell
        return NamedConfig{name, config_from(object, place)};
    } catch (const Error& error) {
        return NamedConfig{name, std::unexpected{error}};
    }
}

/// Of so many workloads that do not run the pods are asked why: it costs a request each.
constexpr int most_explained = 32;

} // namespace

Task<> Query::scan(Filter filter, WorkloadSink sink) {
    const auto name_space = filter.all_namespaces ? std::string{} : api_.name_space();
    Scan scan{api_, name_space, selector_of(filter.labels)};
    int explained = 0;
    while (auto workload = co_await scan.next()) {
        if (!matches(*workload, filter)) continue;
        const bool asks = wants_explanation(*workload) && explained++ < most_explained;
        if (asks) workload = co_await explain(api_, *std::move(workload));
        sink(*std::move(workload));
    }
}

Task<std::optional<Workload>> Query::find(WorkloadName name) {
    const auto found = co_await locate(api_, name.str());
    if (!found) co_return std::nullopt;
    auto workload = workload_from(found->object, std::string{found->resource.kind});
    if (workload && found->resource.kind == mcp_servers.kind) workload = co_await with_pods(*std::move(workload));
    if (workload && wants_explanation(*workload)) workload = co_await explain(api_, *std::move(workload));
    co_return workload;
}

Task<Workload> Query::with_pods(Workload workload) {
    std::optional<Json> set;
    try {
        set = co_await api_.find({.resource = stateful_sets, .name_space = api_.name_space(), .name = workload.name});
    } catch (const StatusError& error) {
        if (error.code() != 403) throw;
    }
    // Somebody else's may have the same name.
    const bool ours = set && text_at(*set, {"metadata", "labels", "toolhive"}) == "true";
    co_return ours ? with_backend(std::move(workload), pods_of(*set)) : std::move(workload);
}

Task<RunConfig> Query::config(WorkloadName name) {
    const auto found = co_await locate(api_, name.str());
    if (!found)
        throw Error{Fault::not_found,
                    fmt::format("no workload named '{}' in namespace '{}'", name.str(), api_.name_space())}
            .hint("run 'thv ls --all' to see every workload");
    if (found->resource.kind != mcp_servers.kind) throw has_none(name.str(), found->resource.kind);
    const Place place{.resource = mcp_servers, .name_space = api_.name_space(), .name = name.str()};
    co_return config_from(found->object, place);
}

Task<> Query::scan_configs(Filter filter, ConfigSink sink) {
    const auto name_space = filter.all_namespaces ? std::string{} : api_.name_space();
    const ListOptions options{.label_selector = selector_of(filter.labels)};
    for (const auto& resource : workload_kinds) {
        const auto make = [&](const Json& object) { return config_in(resource, filter, object); };
        const bool main = resource.kind == mcp_servers.kind;
        PagedStream<NamedConfig> stream{api_.pages({.resource = resource, .name_space = name_space}, options), make,
                                        [main](const StatusError& error) { return !main && can_do_without(error); }};
        while (auto* entry = co_await stream.front()) {
            auto& [name, config] = entry->second;
            sink(std::move(name), std::move(config));
            stream.pop();
        }
    }
}

Task<> Query::watch(Filter filter, ChangeSink sink) {
    co_await follow(api_, std::move(filter), std::move(sink));
}

} // namespace thv::cluster
