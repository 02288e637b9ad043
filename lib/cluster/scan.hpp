// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/api.hpp"
#include "cluster/pages.hpp"
#include "core/workload.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace thv::cluster {

/// The server knows no such resource, or this user must not see it: the list can be done without.
bool can_do_without(const StatusError& error);

/// A list as one stream of what is made of its objects, of which at most one page is in memory.
template <typename Item>
class PagedStream {
public:
    using Entry = std::pair<std::string, Item>; ///< by "namespace/name"
    /// `make` may return nothing for an object that is not wanted; `dispensable` says which refusals of the list mean
    /// that there is nothing in it.
    PagedStream(std::unique_ptr<Pages> pages, std::function<std::optional<Item>(const Json&)> make,
                std::function<bool(const StatusError&)> dispensable)
        : pages_(std::move(pages))
        , make_(std::move(make))
        , dispensable_(std::move(dispensable)) {}

    /// The next one, which stays the next one until `pop`; null at the end. Valid until the next call.
    Task<Entry*> front() {
        while (at_ == entries_.size() && !ended_)
            co_await fill();
        co_return at_ == entries_.size() ? nullptr : &entries_[at_];
    }
    void pop() { ++at_; }

private:
    Task<> fill() {
        at_ = 0;
        entries_.clear();
        const auto take = [this](const Json& object) {
            auto item = make_(object);
            if (item) entries_.emplace_back(order_of(object), *std::move(item));
        };
        try {
            ended_ = !co_await pages_->next(take);
        } catch (const StatusError& error) {
            if (!dispensable_(error)) throw;
            ended_ = true;
        }
    }

    std::unique_ptr<Pages> pages_;
    std::function<std::optional<Item>(const Json&)> make_;
    std::function<bool(const StatusError&)> dispensable_;
    std::vector<Entry> entries_;
    std::size_t at_ = 0;
    bool ended_ = false;
};

/// All workloads of a namespace (or of all, when it is empty) in the order of the server's lists: by the bytes of
/// "namespace/name", then servers before remote proxies before entries. Without MCPServer resources the list fails;
/// without the other kinds, or without the right to see StatefulSets, what there is is told. Must not outlive the Api.
class Scan {
public:
    Scan(Api& api, const std::string& name_space, const std::string& label_selector);
    Task<std::optional<Workload>> next();

private:
    Task<> add_backend(const std::string& order, Workload& workload);

    std::vector<PagedStream<Workload>> kinds_;
    PagedStream<PodCount> backends_;
};

} // namespace thv::cluster
