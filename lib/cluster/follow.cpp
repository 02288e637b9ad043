// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/follow.hpp"

#include "cluster/observed.hpp"
#include "cluster/retry.hpp"
#include "cluster/scan.hpp"
#include "io/deadline.hpp"
#include "io/race.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <vector>

namespace thv::cluster {

namespace {

using Clock = std::chrono::steady_clock;

/// One kind of object that is followed.
struct Followed {
    Place place;
    ListOptions options;
    std::string version = {}; ///< to go on from; empty: list again

    std::string kind() const { return std::string{place.resource.kind}; }
};

struct Follower {
    Api& api;
    Observed observed;
    std::vector<Followed> kinds; ///< does not change any more once they are followed

    Task<std::string> list(const Followed& followed) {
        const auto kind = followed.kind();
        observed.begin(kind);
        const auto put = [this, &kind](const Json& object) { observed.put(kind, object); };
        auto version = co_await api.list(followed.place, followed.options, put);
        observed.end(kind);
        co_return version;
    }

    Task<std::string> watch(const Followed& followed) {
        const auto kind = followed.kind();
        const auto take = [this, &kind](const WatchEvent& event) {
            if (event.kind == WatchEvent::Kind::deleted)
                observed.drop(kind, event.object);
            else
                observed.put(kind, event.object);
        };
        auto version = co_await api.watch(followed.place, followed.options, followed.version, take);
        co_return version;
    }

    /// Lists, when that is needed, and watches once.
    Task<> round(Followed& followed) {
        if (followed.version.empty()) followed.version = co_await list(followed);
        followed.version = co_await watch(followed);
    }

    Task<> follow(Followed& followed) {
        using Round = Comeback::Round;
        Comeback comeback;
        for (;;) {
            const auto begun = Clock::now();
            std::optional<Error> failure;
            try {
                co_await round(followed);
            } catch (const Error& error) {
                failure = error;
                // What came before cannot be read again in the same order.
                if (error.fault() == Fault::internal) followed.version.clear();
            }
            // A server that ends each watch at once is not asked as fast as it answers.
            auto result = Clock::now() - begun > std::chrono::seconds{1} ? Round::good : Round::failed;
            if (failure) result = failure->fault() == Fault::denied ? Round::denied : Round::failed;
            const auto pause = comeback.after(result, api.draw());
            if (!pause && failure) throw std::move(*failure);
            co_await sleep_for(pause.value_or(Duration::zero()));
        }
    }

    Task<> follow(std::size_t index) {
        if (index < kinds.size())
            co_await follow(kinds[index]);
        else
            co_await forever();
    }

    /// The first listing of a kind; what fails here is not waited for.
    Task<> begin(Followed followed) {
        try {
            followed.version = co_await list(followed);
            kinds.push_back(std::move(followed));
        } catch (const StatusError& error) {
            const auto& resource = followed.place.resource;
            const bool servers = resource.kind == mcp_servers.kind;
            const bool pods = resource.kind == stateful_sets.kind;
            if (pods ? error.code() != 403 : servers || !can_do_without(error)) throw;
        }
    }
};

bool is_label_text(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        return alphanumeric || c == '-' || c == '_' || c == '.' || c == '/';
    });
}

} // namespace

std::string selector_of(const std::map<std::string, std::string>& labels) {
    std::string selector;
    for (const auto& [key, value] : labels) {
        if (key.empty() || !is_label_text(key) || !is_label_text(value))
            throw Error{Fault::usage, fmt::format("'{}={}' cannot be a label on a cluster", key, value)};
        selector += fmt::format("{}{}={}", selector.empty() ? "" : ",", key, value);
    }
    return selector;
}

Task<> follow(Api& api, Filter filter, ChangeSink sink) {
    const auto name_space = filter.all_namespaces ? std::string{} : api.name_space();
    const auto selector = selector_of(filter.labels);
    Follower follower{.api = api, .observed = Observed{std::move(filter), std::move(sink)}, .kinds = {}};
    // Pods first, so that a server is told of once.
    co_await follower.begin({{stateful_sets, name_space}, {.label_selector = std::string{server_label}}});
    for (const auto& resource : workload_kinds)
        co_await follower.begin({{resource, name_space}, {.label_selector = selector}});
    co_await first_of(follower.follow(0), follower.follow(1), follower.follow(2), follower.follow(3));
}

} // namespace thv::cluster
