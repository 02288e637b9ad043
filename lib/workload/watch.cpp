// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "workload/watch.hpp"

#include "io/deadline.hpp"

namespace thv {

namespace {

std::vector<std::string> key_of(const Workload& workload) {
    const auto* place = workload.on_cluster();
    if (place == nullptr) return {"", "", workload.name};
    return {place->name_space, place->kind, workload.name};
}

} // namespace

void Told::put(Workload workload, const ChangeSink& sink) {
    auto key = key_of(workload);
    const auto found = known_.find(key);
    if (found != known_.end() && found->second == workload) return;
    const auto kind = found == known_.end() ? Change::Kind::appeared : Change::Kind::changed;
    known_.insert_or_assign(std::move(key), workload);
    sink({.kind = kind, .workload = std::move(workload)});
}

void Told::drop(const std::string& name_space, const std::string& kind, const std::string& name,
                const ChangeSink& sink) {
    auto found = known_.extract(Key{name_space, kind, name});
    if (!found.empty()) sink({.kind = Change::Kind::gone, .workload = std::move(found.mapped())});
}

void Told::replace(std::vector<Workload> workloads, const ChangeSink& sink) {
    auto before = std::exchange(known_, {});
    for (auto& workload : workloads) {
        auto known = before.extract(key_of(workload));
        if (!known.empty()) known_.insert(std::move(known));
        put(std::move(workload), sink);
    }
    for (auto& [key, workload] : before)
        sink({.kind = Change::Kind::gone, .workload = std::move(workload)});
}

Task<> watch_by_listing(Query& query, Filter filter, ChangeSink sink, Duration interval) {
    Told told;
    auto first = co_await query.list(filter);
    told.replace(std::move(first), sink);
    for (;;) {
        co_await sleep_for(interval);
        std::optional<std::vector<Workload>> workloads;
        try {
            workloads = co_await query.list(filter);
        } catch (const Error& error) {
            if (error.fault() != Fault::unreachable && error.fault() != Fault::timed_out) throw;
        }
        if (workloads) told.replace(std::move(*workloads), sink);
    }
}

} // namespace thv
