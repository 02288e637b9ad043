// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
// Making a workload run in another way.
#include "core/unknown_workload.hpp"
#include "engine/lifecycle.hpp"
#include "remote/access.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <chrono>

namespace thv::engine {

namespace {

using namespace std::chrono_literals;

constexpr auto lock_patience = 30s;
constexpr auto grace = 10s;

/// Tells a trial from a workload of that name that somebody wants to have.
constexpr auto trial_label = "thv-update-of";

std::string name_of_trial(const std::string& name) {
    return name + "-next";
}

/// The same server under another name, on ports that the old one has not taken.
RunConfig trial_of(RunConfig next) {
    const auto name = name_of_trial(key(next));
    next.container_labels[trial_label] = key(next);
    next.name = next.base_name = next.container_name = name;
    next.container_labels["toolhive-name"] = next.container_labels["toolhive-basename"] = name;
    next.container_labels.erase("toolhive-port");
    next.port = 0;
    next.publish.clear();
    next.gateway.metrics_port = 0;
    next.gateway.audit = false;
    return next;
}

bool is_trial_of(const RunConfig& config, const std::string& name) {
    const auto label = config.container_labels.find(trial_label);
    return label != config.container_labels.end() && label->second == name;
}

/// Passes on whatever was thrown, an Error with what became of the workload.
[[noreturn]] void rethrow_as_not_updated(const std::exception_ptr& failure, const std::string& name, std::string now) {
    try {
        std::rethrow_exception(failure);
    } catch (const Error& error) {
        throw error.within(fmt::format("'{}' was not updated", name)).hint(std::move(now));
    }
}

std::string message_of(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        return error.what();
    }
}

} // namespace

/// What can be known before anything is done.
Task<> Lifecycle::check_change(RunConfig old, RunConfig next) {
    check_runnable(next);
    if (old.remote_url.empty() != next.remote_url.empty())
        throw Error{Fault::usage, fmt::format("'{}' cannot change between a container and a remote server", key(next))}
            .hint("remove it, and run it anew");
    ports_.groups.require(value_or_throw(GroupName::parse(next.group)));
    static_cast<void>(ports_.secrets.values(remote::secret_names(next)));
    co_return;
}

/// Runs the new server beside the old one until it has answered, and removes it again.
Task<> Lifecycle::try_out(RunConfig next, Waiting waiting) {
    const auto owner = key(next);
    const auto trial = trial_of(std::move(next));
    const auto name = key(trial);
    const auto operation = co_await ports_.supervisors.begin_operation(name, lock_patience);
    const auto left = ports_.run_configs.load(name);
    if (left && is_trial_of(*left, owner)) co_await erase(name, 0s); // of an update that was killed
    co_await prepare(trial, waiting.progress);
    std::exception_ptr failure;
    try {
        co_await launch(trial, std::move(waiting), fmt::format("{}: waiting until its new server answers", owner));
    } catch (...) {
        failure = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await erase(name, failure ? 0s : grace);
    if (failure) std::rethrow_exception(failure);
}

/// Whether somebody has stopped it on purpose.
bool Lifecycle::is_stopped(const std::string& name) const {
    try {
        const auto status = ports_.statuses.load(name);
        return status && status->state == State::stopped;
    } catch (const Error&) {
        return false; // a status that cannot be read says nothing
    }
}

/// From the old server to the new one, and back when the new one does not come up.
Task<std::string> Lifecycle::change_places(RunConfig old, RunConfig next, bool served, Waiting waiting) {
    const auto name = key(old);
    std::exception_ptr failure;
    try {
        co_await halt(name, grace);
        ports_.run_configs.save(next);
        auto url = co_await launch(next, waiting);
        co_return url;
    } catch (...) {
        failure = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    const auto reason = message_of(failure);
    try {
        ports_.run_configs.save(old);
        co_await halt(name, 0s);
        if (served) co_await launch(old, waiting);
    } catch (const Error& error) {
        throw Error{error.fault(), fmt::format("'{}' was not updated: {}; and it does not run as before, either: {}",
                                               name, reason, error.message())}
            .hint(fmt::format("see 'thv status {0}' and 'thv logs --proxy {0}'; 'thv start {0}' tries again", name));
    }
    rethrow_as_not_updated(failure, name,
                           fmt::format("'{}' {}", name, served ? "runs again as it did" : "is as it was"));
}

Task<std::string> Lifecycle::replace(RunConfig next, Waiting waiting) {
    const auto name = key(next);
    const auto operation = co_await ports_.supervisors.begin_operation(name, lock_patience);
    const auto old = ports_.run_configs.load(name);
    if (!old) {
        if (!known(name)) ports_.supervisors.forget(name);
        throw unknown_workload(name);
    }
    co_await check_change(*old, next);
    if (next.port == 0) next.port = old->port;
    const bool served = ports_.supervisors.alive(name);
    if (!served && is_stopped(name)) {
        if (next.remote_url.empty()) co_await ports_.containers.ensure_image(next.image, waiting.progress);
        ports_.run_configs.save(next);
        co_return std::string{};
    }
    try {
        co_await try_out(next, waiting);
    } catch (...) {
        rethrow_as_not_updated(std::current_exception(), name, fmt::format("'{}' is as it was", name));
    }
    auto url = co_await change_places(*old, next, served, std::move(waiting));
    co_return url;
}

} // namespace thv::engine
