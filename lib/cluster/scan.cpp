// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/scan.hpp"

#include "cluster/follow.hpp"
#include "cluster/resource.hpp"

namespace thv::cluster {

namespace {

PagedStream<Workload> workloads(Api& api, Resource resource, const std::string& name_space,
                                const std::string& selector) {
    const std::string kind{resource.kind};
    const bool main = resource.kind == mcp_servers.kind;
    return {api.pages({.resource = resource, .name_space = name_space}, {.label_selector = selector}),
            [kind](const Json& object) { return workload_from(object, kind); },
            [main](const StatusError& error) { return !main && can_do_without(error); }};
}

PagedStream<PodCount> backends(Api& api, const std::string& name_space) {
    return {
        api.pages({.resource = stateful_sets, .name_space = name_space}, {.label_selector = std::string{server_label}}),
        [](const Json& object) { return std::optional{pods_of(object)}; },
        [](const StatusError& error) { return error.code() == 403; }};
}

} // namespace

bool can_do_without(const StatusError& error) {
    return error.code() == 403 || error.reason() == unknown_resource;
}

Scan::Scan(Api& api, const std::string& name_space, const std::string& label_selector)
    : backends_(backends(api, name_space)) {
    for (const auto& resource : workload_kinds)
        kinds_.push_back(workloads(api, resource, name_space, label_selector));
}

Task<std::optional<Workload>> Scan::next() {
    PagedStream<Workload>* first = nullptr;
    std::string least;
    for (auto& kind : kinds_) {
        const auto* entry = co_await kind.front();
        if (entry == nullptr || (first != nullptr && entry->first >= least)) continue;
        first = &kind;
        least = entry->first;
    }
    if (first == nullptr) co_return std::nullopt;
    auto* entry = co_await first->front();
    auto workload = std::move(entry->second);
    first->pop();
    if (first == &kinds_.front()) co_await add_backend(least, workload);
    co_return workload;
}

Task<> Scan::add_backend(const std::string& order, Workload& workload) {
    auto* backend = co_await backends_.front();
    while (backend != nullptr && backend->first < order) {
        backends_.pop();
        backend = co_await backends_.front();
    }
    if (backend != nullptr && backend->first == order) workload = with_backend(std::move(workload), backend->second);
}

} // namespace thv::cluster
