// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/lifecycle.hpp"

#include "core/unknown_workload.hpp"
#include "engine/direct_spec.hpp"
#include "engine/observe.hpp"
#include "io/deadline.hpp"
#include "io/gather.hpp"
#include "io/process.hpp"
#include "io/race.hpp"
#include "remote/access.hpp"
#include "store/readiness.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <csignal>

namespace thv::engine {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t parallel = 16;
constexpr auto lock_patience = 30s;
constexpr auto usual_grace = 30s;
/// Who has waited for so long wonders what for.
constexpr auto silence = 3s;

void require_waiting(bool wait) {
    if (!wait)
        throw Error{Fault::unsupported, "a container engine's workloads cannot be changed without waiting"}.hint(
            "leave --no-wait out");
}

Duration grace_of(const Ending& ending) {
    return ending.force ? Duration::zero() : ending.timeout.value_or(usual_grace);
}

/// The thv process that the status file names, when it lives and is not this one.
std::optional<ProcessInfo> owner_of(const std::optional<Status>& status, const std::string& name) {
    if (!status || status->process_id == ::getpid()) return std::nullopt;
    auto process = process_info(status->process_id);
    const StatusOwner owner{status->process_id, status->updated_at, name};
    if (!process || !is_owner(owner, process->arguments, process->started)) return std::nullopt;
    return process;
}

Task<> until_gone(ProcessInfo process) {
    while (true) {
        const auto current = process_info(process.pid);
        if (!current || current->start_ticks != process.start_ticks) co_return;
        co_await sleep_for(5ms);
    }
}

Task<> take(Task<std::string> task, std::string& result) {
    result = co_await std::move(task);
}

/// Never returns.
Task<> tell_of_wait(Progress progress, std::string line) {
    co_await sleep_for(silence);
    progress(line);
    co_await forever();
}

/// Asks a process to end, and makes it when it does not.
Task<> end_process(ProcessInfo process, Duration grace) {
    if (!signal_process(process, SIGTERM)) co_return;
    bool killed = false;
    try {
        co_await with_deadline(until_gone(process), grace, "waiting for a proxy to end");
    } catch (const Error&) {
        killed = signal_process(process, SIGKILL);
    }
    if (killed) co_await with_deadline(until_gone(process), 5s, "waiting for a killed proxy to end");
}

/// A status file that cannot be read is as good as none when the workload is stopped or removed.
std::optional<Status> readable_status(const Statuses& statuses, const std::string& name) {
    try {
        return statuses.load(name);
    } catch (const Error&) {
        return std::nullopt;
    }
}

} // namespace

/// A run config that cannot be read may be of a container.
bool Lifecycle::is_remote(const std::string& name) const {
    try {
        const auto config = ports_.run_configs.load(name);
        return config && !config->remote_url.empty();
    } catch (const Error&) {
        return false;
    }
}

bool Lifecycle::known(const std::string& name) const {
    return ports_.run_configs.exists(name) || ports_.statuses.exists(name) || ports_.supervisors.alive(name);
}

Task<std::vector<ContainerInfo>> Lifecycle::containers_named(std::string name) {
    if (is_remote(name)) co_return std::vector<ContainerInfo>{};
    const auto all = co_await ports_.inventory.list();
    co_return containers_of(all, name);
}

Task<std::string> Lifecycle::run(RunConfig config, Waiting waiting) {
    require_waiting(waiting.wait);
    const auto name = key(config);
    const auto operation = co_await ports_.supervisors.begin_operation(name, lock_patience);
    co_await prepare(config, waiting.progress);
    std::exception_ptr failure;
    try {
        auto url = co_await launch(std::move(config), std::move(waiting));
        co_return url;
    } catch (...) {
        failure = std::current_exception();
    }
    // Interrupted or failed: what was made is taken back even when the task has been cancelled.
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await erase(name, 0s);
    std::rethrow_exception(failure);
}

Task<std::string> Lifecycle::launch(RunConfig config, Waiting waiting, std::string patience_line) {
    const auto name = key(config);
    if (patience_line.empty()) patience_line = fmt::format("{}: waiting until its server answers", name);
    auto confidential = ports_.secrets.handover(remote::secret_names(config));
    ports_.statuses.put(name, State::starting, "");
    ports_.statuses.set_pid(name, ::getpid());
    const Launch what{.name = name,
                      .log = ports_.paths.proxy_log(name),
                      .patience = waiting.limit,
                      .confidential = std::move(confidential)};
    auto launching = thv::launch(what);
    std::exception_ptr failure;
    try {
        std::string url;
        co_await with_deadline(first_of(take(await_ready(launching, what), url),
                                        tell_of_wait(std::move(waiting.progress), std::move(patience_line))),
                               waiting.limit + 60s, "waiting for the server");
        co_return url;
    } catch (...) {
        failure = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    // It may not have come as far as its lock, so it is ended by its PID, which is known for certain here.
    if (const auto process = process_info(launching.pid)) co_await end_process(*process, 20s);
    std::rethrow_exception(failure);
}

Task<std::vector<Outcome>> Lifecycle::start(std::vector<std::string> names, bool again, Waiting waiting) {
    require_waiting(waiting.wait);
    auto outcomes = co_await for_each(std::move(names), parallel, [this, again, &waiting](std::string name) {
        return start_one(std::move(name), again, waiting);
    });
    co_return outcomes;
}

Task<> Lifecycle::start_one(std::string name, bool again, Waiting waiting) {
    const auto operation = co_await ports_.supervisors.begin_operation(name, lock_patience);
    const auto config = ports_.run_configs.load(name);
    if (!config && !known(name)) ports_.supervisors.forget(name);
    if (!config) throw unknown_workload(name);
    check_runnable(*config);
    if (config->isolate_network)
        throw Error{Fault::unsupported,
                    fmt::format("'{}' wants an isolated network, which this version cannot give it", name)}
            .hint("it is not started with an open network instead; recreate it with --isolate-network=false");
    const bool served = again ? false : co_await ports_.supervisors.serves(name);
    if (served) co_return;
    // Before anything is stopped.
    static_cast<void>(ports_.secrets.values(remote::secret_names(*config)));
    const bool left_running = !again && !owner_of(readable_status(ports_.statuses, name), name);
    const bool adoptable = left_running ? co_await has_adoptable(name) : false;
    if (!adoptable) {
        // Its supervisor would pull it, too, but nobody would see how far that is.
        if (config->remote_url.empty()) co_await ports_.containers.restore_image(config->image, waiting.progress);
        co_await halt(name, 10s);
    }
    co_await launch(*config, std::move(waiting));
}

/// Whether a killed supervisor has left a server that the next one may be able to take over.
Task<bool> Lifecycle::has_adoptable(std::string name) {
    for (const auto& container : co_await containers_named(name))
        if (container.running() && container.labels.contains(direct_label)) co_return true;
    co_return false;
}

/// Ends whoever serves the workload, and its containers.
Task<> Lifecycle::halt(std::string name, Duration grace) {
    bool hangs = false;
    try {
        co_await ports_.supervisors.stop(name, grace);
    } catch (const Error& error) {
        if (error.fault() != Fault::timed_out) throw;
        hangs = true;
    }
    if (const auto owner = owner_of(readable_status(ports_.statuses, name), name)) {
        // Before upstream's proxy ends: its containers have a restart policy, and a server that loses its stdin with
        // the proxy would be restarted while it is being stopped.
        co_await stop_containers(name, grace);
        co_await end_process(*owner, hangs ? Duration::zero() : 10s);
    }
    co_await stop_containers(name, grace);
    ports_.secret_files.remove(name); // which a supervisor that was killed has left
}

Task<> Lifecycle::stop_containers(std::string name, Duration grace) {
    for (const auto& container : co_await containers_named(name))
        co_await ports_.containers.stop(container.id, grace);
}

Task<std::vector<Outcome>> Lifecycle::stop(std::vector<std::string> names, Ending ending) {
    require_waiting(ending.wait);
    const auto grace = grace_of(ending);
    auto outcomes = co_await for_each(std::move(names), parallel,
                                      [this, grace](std::string name) { return stop_one(std::move(name), grace); });
    co_return outcomes;
}

Task<> Lifecycle::stop_one(std::string name, Duration grace) {
    const auto operation = co_await ports_.supervisors.begin_operation(name, lock_patience);
    if (!known(name)) {
        const auto containers = co_await containers_named(name);
        if (containers.empty()) {
            ports_.supervisors.forget(name);
            throw unknown_workload(name);
        }
    }
    co_await halt(name, grace);
    const auto status = readable_status(ports_.statuses, name);
    if (!ports_.run_configs.exists(name)) co_return;
    if (!status || status->state != State::stopped) ports_.statuses.put(name, State::stopped, "");
    if (!status || status->process_id != 0) ports_.statuses.set_pid(name, 0);
}

Task<std::vector<Outcome>> Lifecycle::remove(std::vector<std::string> names, Ending ending) {
    require_waiting(ending.wait);
    const auto grace = grace_of(ending);
    auto outcomes = co_await for_each(std::move(names), parallel,
                                      [this, grace](std::string name) { return remove_one(std::move(name), grace); });
    co_return outcomes;
}

Task<> Lifecycle::remove_one(std::string name, Duration grace) {
    const auto operation = co_await ports_.supervisors.begin_operation(name, lock_patience);
    const auto containers = co_await containers_named(name);
    if (!known(name) && containers.empty()) {
        // A run that was killed early may have left an unfinished file.
        ports_.statuses.erase(name);
        ports_.run_configs.erase(name);
        ports_.supervisors.forget(name);
        throw unknown_workload(name);
    }
    co_await erase(name, grace);
}

Task<> Lifecycle::erase(std::string name, Duration grace) {
    co_await halt(name, grace);
    // With the life lock in hand no supervisor that is just starting can make a container behind our back: it waits,
    // and then finds that there is no such workload.
    const auto life = FileLock::acquire(ports_.supervisors.life_lock(name), 5s);
    for (const auto& container : co_await containers_named(name))
        co_await ports_.containers.remove(container.id);
    if (!is_remote(name)) co_await remove_helpers(name);
    ports_.statuses.erase(name);
    remove_file(ports_.paths.proxy_log(name));
    ports_.run_configs.erase(name);
    ports_.supervisors.forget(name);
}

/// The sidecars that upstream gives an isolated workload.
Task<> Lifecycle::remove_helpers(std::string name) {
    for (const auto* suffix : {"-egress", "-ingress", "-dns"}) {
        const auto helper = co_await ports_.containers.inspect(name + suffix);
        if (!helper || !helper->managed() || !helper->labels.contains("toolhive-auxiliary-workload")) continue;
        co_await ports_.containers.remove(helper->id);
    }
}

} // namespace thv::engine
