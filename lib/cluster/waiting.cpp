// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/waiting.hpp"

#include "cluster/forbearance.hpp"
#include "cluster/observe.hpp"
#include "io/deadline.hpp"
#include "io/event.hpp"
#include "io/race.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace thv::cluster {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr Duration first_pause = 100ms;
constexpr Duration longest_pause = 1s;
constexpr Duration before_reconnecting = 300ms;

class Wait {
public:
    Wait(Api& api, Target target, Goal goal, const asio::any_io_executor& executor)
        : api_(api)
        , target_(std::move(target))
        , goal_(std::move(goal))
        , changed_(executor) {}

    /// Keeps the object up to date, for ever.
    Task<> follow();
    /// Looks at everything until the goal is reached.
    Task<> look();

    const std::string& why() const { return why_; }
    Json result() { return std::move(object_); }

private:
    Task<> follow_once();
    Task<bool> look_once();
    Task<> pause(Duration span);
    void know(Json object);
    void tell(std::string why);

    Api& api_;
    Target target_;
    Goal goal_;
    Event changed_;
    Forbearance following_;
    Forbearance looking_;
    bool known_ = false;
    Json object_;
    std::string why_ = "the cluster has not answered yet";
};

void Wait::know(Json object) {
    object_ = std::move(object);
    known_ = true;
    changed_.set();
}

void Wait::tell(std::string why) {
    if (why == why_) return;
    why_ = std::move(why);
    if (goal_.progress) goal_.progress(fmt::format("{}: {}", target_.name, why_));
}

Task<> Wait::follow_once() {
    const Place all{target_.resource, api_.name_space()};
    const ListOptions only{.field_selector = "metadata.name=" + target_.name};
    Json listed;
    auto version = co_await api_.list(all, only, [&listed](Json object) { listed = std::move(object); });
    following_.succeeded();
    know(std::move(listed));
    const auto take = [this](WatchEvent event) {
        know(event.kind == WatchEvent::Kind::deleted ? Json{} : std::move(event.object));
    };
    while (!version.empty()) {
        const auto begun = Clock::now();
        version = co_await api_.watch(all, only, version, take);
        // A server that ends each watch at once is not asked as fast as it answers.
        if (Clock::now() - begun < longest_pause) co_await sleep_for(before_reconnecting);
    }
}

Task<> Wait::follow() {
    for (;;) {
        std::string trouble;
        try {
            co_await follow_once();
        } catch (const Error& error) {
            if (!following_.forgives(error)) throw;
            trouble = error.message();
        }
        if (!trouble.empty()) tell(std::move(trouble));
        co_await sleep_for(before_reconnecting);
    }
}

/// Whether the goal is reached.
Task<bool> Wait::look_once() {
    auto seen = co_await observe(api_, target_.resource, target_.name, object_);
    looking_.succeeded();
    auto verdict = goal_.reached(seen);
    if (verdict.kind == Verdict::Kind::reached) {
        object_ = std::move(seen.object);
        co_return true;
    }
    if (verdict.kind == Verdict::Kind::failed)
        throw Error{verdict.fault, fmt::format("'{}': {}", target_.name, verdict.why)};
    tell(std::move(verdict.why));
    if (goal_.help) co_await goal_.help(std::move(seen));
    co_return false;
}

/// Until something has changed, or the time is over.
Task<> Wait::pause(Duration span) {
    try {
        co_await with_deadline(changed_.wait(), span, "waiting for a change");
    } catch (const Error& error) {
        if (error.fault() != Fault::timed_out) throw;
    }
}

Task<> Wait::look() {
    auto span = first_pause;
    for (;;) {
        if (changed_.is_set()) span = first_pause;
        changed_.reset();
        bool reached = false;
        std::string trouble;
        try {
            if (known_) reached = co_await look_once();
        } catch (const Error& error) {
            if (!looking_.forgives(error)) throw;
            trouble = error.message();
        }
        if (reached) co_return;
        if (!trouble.empty()) tell(std::move(trouble));
        co_await pause(span);
        span = std::min(span * 3 / 2, longest_pause);
    }
}

} // namespace

std::string in_seconds(Duration span) {
    return fmt::format("{} s", std::chrono::duration_cast<std::chrono::seconds>(span).count());
}

Task<Json> wait_for(Api& api, Target target, Goal goal) {
    const auto limit = goal.limit;
    const auto late = goal.late;
    Wait wait{api, std::move(target), std::move(goal), co_await asio::this_coro::executor};
    bool in_time = true;
    try {
        co_await with_deadline(first_of(wait.follow(), wait.look()), limit, "waiting for a workload");
    } catch (const Error& error) {
        if (error.fault() != Fault::timed_out) throw;
        in_time = false;
    }
    if (!in_time) throw late(wait.why());
    co_return wait.result();
}

} // namespace thv::cluster
