// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/observed.hpp"

#include "cluster/pages.hpp"
#include "cluster/place.hpp"
#include "cluster/resource.hpp"

namespace thv::cluster {

namespace {

/// The keys of what an older listing than this one saw last.
template <typename Entries>
std::vector<std::string> older_than(const Entries& entries, int listing) {
    std::vector<std::string> keys;
    for (const auto& [key, entry] : entries)
        if (entry.listing < listing) keys.push_back(key);
    return keys;
}

} // namespace

Observed::Observed(Filter filter, ChangeSink sink)
    : filter_(std::move(filter))
    , sink_(std::move(sink)) {}

int Observed::listing_of(const std::string& kind) const {
    const auto found = listings_.find(kind);
    return found == listings_.end() ? 0 : found->second;
}

void Observed::begin(const std::string& kind) {
    ++listings_[kind];
}

void Observed::put(const std::string& kind, const Json& object) {
    const auto order = order_of(object);
    if (order.empty()) return;
    if (kind == stateful_sets.kind) {
        backends_.insert_or_assign(order, Backend{pods_of(object), listing_of(kind)});
        tell_server(order);
        return;
    }
    auto workload = workload_from(object, kind);
    if (!workload) return;
    tell(order, *workload);
    kinds_[kind].insert_or_assign(order, Known{*std::move(workload), listing_of(kind)});
}

void Observed::drop(const std::string& kind, const Json& object) {
    forget(kind, order_of(object));
}

void Observed::end(const std::string& kind) {
    const auto listing = listing_of(kind);
    const auto gone = kind == stateful_sets.kind ? older_than(backends_, listing) : older_than(kinds_[kind], listing);
    for (const auto& order : gone)
        forget(kind, order);
}

void Observed::forget(const std::string& kind, const std::string& order) {
    if (kind == stateful_sets.kind) {
        if (backends_.erase(order) > 0) tell_server(order);
        return;
    }
    const auto known = kinds_[kind].extract(order);
    if (known.empty()) return;
    const auto& workload = known.mapped().workload;
    told_.drop(workload.on_cluster()->name_space, kind, workload.name, sink_);
}

void Observed::tell_server(const std::string& order) {
    const auto& servers = kinds_[std::string{mcp_servers.kind}];
    const auto found = servers.find(order);
    if (found != servers.end()) tell(order, found->second.workload);
}

void Observed::tell(const std::string& order, const Workload& workload) {
    const auto* place = workload.on_cluster();
    if (!matches(workload, filter_)) {
        told_.drop(place->name_space, place->kind, workload.name, sink_);
        return;
    }
    const auto backend = backends_.find(order);
    told_.put(backend == backends_.end() ? workload : with_backend(workload, backend->second.pods), sink_);
}

} // namespace thv::cluster
