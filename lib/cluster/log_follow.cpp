// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/log_follow.hpp"

#include "cluster/forbearance.hpp"
#include "cluster/log_reader.hpp"
#include "cluster/meta.hpp"
#include "cluster/observe.hpp"
#include "io/deadline.hpp"
#include "io/nursery.hpp"
#include "io/race.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <set>
#include <utility>

namespace thv::cluster {

namespace {

using namespace std::chrono_literals;

constexpr Duration between_looks = 500ms;
/// How long the end of a log may take after its pod is gone.
constexpr Duration last_words = 5s;

struct FollowedPod {
    FollowedPod(PodState now, const asio::any_io_executor& executor)
        : state(std::move(now))
        , changed(executor)
        , gone(executor) {}

    PodState state;
    LogCursor cursor;
    long long read_restarts = 0; ///< the restarts of the container when its log was opened last
    bool has_ended = false;      ///< its log has been read to its end
    Event changed;
    Event gone;
};

class Follower {
public:
    Follower(Api& api, LogPods source, std::map<std::string, LogCursor> cursors, LogPrinter printer)
        : api_(api)
        , source_(std::move(source))
        , cursors_(std::move(cursors))
        , printer_(std::move(printer)) {}

    Task<> run(Nursery& nursery) {
        executor_ = co_await asio::this_coro::executor;
        co_await first_of(watch_pods(nursery), until_over());
    }

private:
    using Pod = std::shared_ptr<FollowedPod>;

    Task<> watch_pods(Nursery& nursery);
    Task<> watch_once(Nursery& nursery);
    Task<> until_over();
    Task<bool> is_over();
    void see(const Json& object, Nursery& nursery);
    void lose(const std::string& uid);

    Task<> follow(Pod pod);
    Task<> read(Pod pod);
    Task<> read_former(Pod pod);
    Task<> read_all(Pod pod, LogRequest request);
    Task<> last_words_of(Pod pod);
    void print(const Pod& pod, const LogRecord& record) const;

    Api& api_;
    LogPods source_;
    std::map<std::string, LogCursor> cursors_;
    LogPrinter printer_;
    asio::any_io_executor executor_;
    std::map<std::string, Pod> pods_; ///< those that are there, by uid
    Forbearance watching_;
    Forbearance looking_;
    Forbearance reading_logs_;
    std::size_t reading_ = 0; ///< pods that are still read, also after they have gone
};

// Which pods there are.

void Follower::see(const Json& object, Nursery& nursery) {
    auto state = pod_state(object, source_.container);
    const auto known = pods_.find(state.uid);
    if (known != pods_.end()) {
        known->second->state = std::move(state);
        known->second->changed.set();
        return;
    }
    const auto pod = std::make_shared<FollowedPod>(std::move(state), executor_);
    if (const auto read = cursors_.find(pod->state.uid); read != cursors_.end()) {
        pod->cursor = read->second;
        pod->read_restarts = pod->state.restarts;
    }
    pods_.emplace(pod->state.uid, pod);
    ++reading_;
    nursery.start(follow(pod));
}

void Follower::lose(const std::string& uid) {
    const auto known = pods_.find(uid);
    if (known == pods_.end()) return;
    known->second->gone.set();
    known->second->changed.set();
    pods_.erase(known);
}

Task<> Follower::watch_once(Nursery& nursery) {
    const Place all{pods, api_.name_space()};
    const ListOptions mine{.label_selector = source_.selector};
    std::set<std::string> there;
    const auto list = [&](const Json& pod) {
        there.insert(uid_of(pod));
        see(pod, nursery);
    };
    auto version = co_await api_.list(all, mine, list);
    watching_.succeeded();
    std::vector<std::string> lost;
    for (const auto& [uid, pod] : pods_)
        if (!there.contains(uid)) lost.push_back(uid);
    for (const auto& uid : lost)
        lose(uid);
    const auto take = [&](const WatchEvent& event) {
        if (event.kind == WatchEvent::Kind::deleted)
            lose(uid_of(event.object));
        else
            see(event.object, nursery);
    };
    while (!version.empty()) {
        const auto begun = std::chrono::steady_clock::now();
        version = co_await api_.watch(all, mine, version, take);
        // A server that ends each watch at once is not asked as fast as it answers.
        if (std::chrono::steady_clock::now() - begun < between_looks) co_await sleep_for(between_looks);
    }
}

Task<> Follower::watch_pods(Nursery& nursery) {
    for (;;) {
        try {
            co_await watch_once(nursery);
        } catch (const Error& error) {
            if (!watching_.forgives(error)) throw;
        }
        co_await sleep_for(between_looks);
    }
}

Task<bool> Follower::is_over() {
    if (reading_ > 0) co_return false;
    try {
        const auto found = co_await locate(api_, source_.workload);
        looking_.succeeded();
        co_return !found && reading_ == 0 && pods_.empty();
    } catch (const Error& error) {
        if (!looking_.forgives(error)) throw;
    }
    co_return false;
}

Task<> Follower::until_over() {
    for (;;) {
        co_await sleep_for(between_looks);
        const bool over = co_await is_over();
        if (over) co_return;
    }
}

// The log of one of them.

void Follower::print(const Pod& pod, const LogRecord& record) const {
    const bool several = pods_.size() > 1;
    printer_.print(several ? pod->state.name : std::string{}, record);
}

Task<> Follower::read_all(Pod pod, LogRequest request) {
    request.since = pod->cursor.since() ? pod->cursor.since() : printer_.options.since;
    const auto log = co_await open_log(api_, pod->state.name, std::move(request));
    reading_logs_.succeeded();
    if (!log) co_return;
    pod->cursor.rewind();
    for (;;) {
        const auto record = co_await log->next();
        if (!record) co_return;
        if (printer_.wants(*record) && pod->cursor.admits(*record)) print(pod, *record);
    }
}

/// What a container wrote before it was restarted, where that has not been read to its end.
Task<> Follower::read_former(Pod pod) {
    const bool restarted = pod->state.restarts > pod->read_restarts;
    pod->read_restarts = pod->state.restarts;
    if (restarted) co_await read_all(pod, {.container = source_.container, .previous = true});
}

/// Reads until the log ends.
Task<> Follower::read(Pod pod) {
    pod->has_ended = false;
    try {
        co_await read_former(pod);
        co_await read_all(pod, {.container = source_.container, .follow = true});
        pod->has_ended = true;
    } catch (const Error& error) {
        if (!reading_logs_.forgives(error)) throw;
    }
}

Task<> Follower::last_words_of(Pod pod) {
    co_await pod->gone.wait();
    co_await sleep_for(last_words);
}

Task<> Follower::follow(Pod pod) {
    while (!pod->gone.is_set()) {
        pod->changed.reset();
        if (pod->state.has_log) co_await first_of(read(pod), last_words_of(pod));
        // Of a container that runs no more nothing comes before it is started again.
        const bool quiet = !pod->state.has_log || (pod->has_ended && !pod->state.runs);
        if (quiet)
            co_await pod->changed.wait();
        else if (!pod->gone.is_set())
            co_await sleep_for(between_looks);
    }
    --reading_;
}

} // namespace

Task<> follow_logs(Api& api, LogPods source, std::map<std::string, LogCursor> cursors, LogPrinter printer) {
    Follower follower{api, std::move(source), std::move(cursors), std::move(printer)};
    co_await with_nursery([&follower](Nursery& nursery) { return follower.run(nursery); });
}

} // namespace thv::cluster
