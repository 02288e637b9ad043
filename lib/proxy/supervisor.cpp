// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/supervisor.hpp"

#include "core/unknown_workload.hpp"
#include "io/deadline.hpp"
#include "io/log.hpp"
#include "io/memory.hpp"
#include "io/race.hpp"
#include "proxy/control.hpp"
#include "proxy/restart.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <random>

namespace thv::proxy {

using namespace std::chrono_literals;

namespace {

double random_jitter() {
    std::random_device source;
    return std::uniform_real_distribution<double>{0.0, 1.0}(source);
}

} // namespace

Task<int> Supervisor::run() {
    const auto executor = co_await asio::this_coro::executor;
    auto life = FileLock::acquire(ports_.supervisors.life_lock(options_.name), 10s);
    if (!life)
        throw Error{Fault::conflict, fmt::format("workload '{}' has a supervisor already", options_.name)}.hint(
            fmt::format("run 'thv stop {}' first", options_.name));
    keep_no_free_memory();
    stop_requested_ = std::make_unique<Event>(executor);
    stopped_ = std::make_unique<Event>(executor);
    config_ = load();
    make_proxy(executor);
    listen(executor);

    Control control{executor,
                    ports_.supervisors.life_lock(options_.name).parent_path(),
                    {.report = [this] { return report(); },
                     .stop = [this](Duration grace) { return stop_on_request(grace); },
                     .telling = telling()}};
    std::optional<Error> failure;
    try {
        co_await first_of(control.serve(), remote_ != nullptr ? watch_remote() : lives(), frontend_->serve(),
                          stop_requested_->wait());
    } catch (const Error& error) {
        failure = error;
    } catch (const boost::system::system_error& error) {
        if (error.code() != asio::error::operation_aborted) failure = Error{Fault::internal, error.what()};
    } catch (const std::exception& error) {
        failure = Error{Fault::internal, error.what()};
    }
    // A cancellation has done its work by ending the tasks above; what follows must run to its end.
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    if (failure) {
        co_await settle(*failure);
        throw *failure;
    }
    co_await first_of(control.serve(), shut_down(grace_));
    co_return exit_code_;
}

void Supervisor::listen(const asio::any_io_executor& executor) {
    try {
        bind();
        start_diagnostics(executor);
        if (frontend_->port() != config_.port) keep_port();
        ports_.statuses.put(options_.name, State::starting, "");
        ports_.statuses.set_pid(options_.name, ::getpid());
    } catch (const Error& error) {
        enter(State::error, error.message());
        throw;
    }
}

/// A port that another workload serves is told by that workload's name, not by its process.
void Supervisor::bind() {
    std::optional<Error> busy;
    try {
        frontend_->bind();
        return;
    } catch (const Error& error) {
        if (error.fault() != Fault::conflict) throw;
        busy = error;
    }
    for (const auto& other : ports_.run_configs.scan().configs) {
        if (other.port != config_.port || key(other) == options_.name || !ports_.supervisors.alive(key(other)))
            continue;
        throw Error{Fault::conflict, fmt::format("port {} serves the workload '{}' already", other.port, key(other))}
            .hint("choose another --proxy-port, or leave it out to get a free one");
    }
    throw *busy;
}

/// A port that was chosen now is kept for every later start, so that clients keep their URL.
void Supervisor::keep_port() {
    config_ = ports_.run_configs.update(options_.name, [port = frontend_->port()](RunConfig& config) {
        config.port = port;
        if (config.remote_url.empty()) config.container_labels["toolhive-port"] = std::to_string(port);
    });
}

RunConfig Supervisor::load() const {
    if (auto config = ports_.run_configs.load(options_.name)) return *std::move(config);
    throw unknown_workload(options_.name);
}

/// One container after the other, until the workload is gone or, without `restart`, the first one has ended.
Task<> Supervisor::lives() {
    int attempt = 0;
    while (true) {
        std::string why;
        try {
            co_await start_life();
            co_await live();
            why = fmt::format("the server exited with code {}", exit_code_);
        } catch (const Error& error) {
            if (!was_ready_) throw;
            why = error.message();
        }
        frontend_->down(why);
        if (!options_.restart || !ports_.run_configs.load(options_.name)) co_return;
        const auto pause = restart_pause(attempt, random_jitter());
        attempt = next_attempt(attempt, std::chrono::steady_clock::now() - life_began_);
        enter(State::starting, why + "; restarting");
        co_await sleep_for(pause);
        ++restarts_;
        config_ = load();
    }
}

Task<> Supervisor::start_life() {
    life_began_ = std::chrono::steady_clock::now();
    const bool first = std::exchange(first_life_, false);
    const bool adopted = first ? co_await adopt() : false;
    if (adopted) co_return;
    std::optional<Error> refused;
    try {
        co_await start_new();
    } catch (const Error& error) {
        if (error.fault() != Fault::unsupported || container_.empty()) throw;
        refused = error;
    }
    if (!refused) co_return;
    log::warn("{}; trying it without", refused->message());
    frontend_->down(refused->message());
    co_await ports_.containers.remove(std::exchange(container_, {}));
    co_await start_new();
}

Task<> Supervisor::start_new() {
    remove_file(handover_file());
    container_ = co_await create_container();
    co_await frontend_->attach(container_);
    co_await ports_.containers.start(container_);
}

Task<std::string> Supervisor::create_container() {
    try {
        auto id = co_await ports_.containers.create(config_);
        co_return id;
    } catch (const Error& error) {
        if (error.fault() != Fault::not_found) throw;
    }
    // Somebody removed the image since the workload was created.
    co_await ports_.containers.ensure_image(config_.image, [](std::string_view line) { log::info("{}", line); });
    auto id = co_await ports_.containers.create(config_);
    co_return id;
}

/// The life of a container that has been started, absences of the engine included.
Task<> Supervisor::live() {
    while (true) {
        std::optional<Error> failure;
        try {
            exit_code_ = co_await until_exit();
        } catch (const Error& error) {
            if (error.fault() != Fault::unreachable || !was_ready_) throw;
            failure = error;
        }
        if (!failure) break;
        log::warn("{}", failure->message());
        frontend_->down("the container engine does not answer");
        enter(State::unhealthy, "the container engine does not answer; waiting for it");
        co_await engine_back();
        const auto running = co_await survived();
        if (!running) throw Error{Fault::internal, "the server ended while the container engine was away"};
    }
    if (was_ready_) co_return;
    throw co_await exited_early(exit_code_);
}

Task<int> Supervisor::until_exit() {
    std::optional<int> code;
    co_await first_of(watch_exit(code), frontend_->carry(container_), announce_ready());
    if (!code) throw Error{Fault::internal, "the stream to the container ended without a reason"};
    co_return *code;
}

/// Returns with the server's exit code. While the engine is away a server that is reached without it is served on.
Task<> Supervisor::watch_exit(std::optional<int>& code) {
    while (true) {
        std::optional<Error> failure;
        try {
            code = co_await ports_.containers.wait(container_);
        } catch (const Error& error) {
            if (error.fault() != Fault::unreachable || !was_ready_ || !frontend_->independent()) throw;
            failure = error;
        }
        if (!failure) co_return;
        log::warn("{}; the server is served without it", failure->message());
        co_await engine_back();
        const auto running = co_await survived();
        if (!running) throw Error{Fault::internal, "the server ended while the container engine was away"};
        log::info("the container engine answers again");
    }
}

Task<> Supervisor::announce_ready() {
    std::optional<Error> failure;
    try {
        co_await frontend_->ready(options_.patience);
    } catch (const Error& error) {
        failure = error;
    }
    if (failure) throw co_await with_last_output(*failure);
    started_at_ = now();
    keep_handover();
    enter(State::running, "");
    tell_ready();
    co_await forever();
}

Task<> Supervisor::engine_back() {
    Duration pause = 100ms;
    while (true) {
        try {
            co_await ports_.containers.ping();
            co_return;
        } catch (const Error& error) {
            log::debug("{}", error.message());
        }
        co_await sleep_for(pause);
        pause = std::min<Duration>(pause * 2, 5s);
    }
}

Task<bool> Supervisor::survived() {
    const auto info = co_await ports_.containers.inspect(container_);
    co_return info && info->running();
}

/// After a failed first start: nothing of it stays running, and the status says why.
Task<> Supervisor::settle(const Error& error) {
    close_frontend();
    if (!container_.empty()) {
        try {
            co_await with_deadline(ports_.containers.remove(container_), 30s, "removing the container");
        } catch (const Error& cleanup) {
            log::error("the container of '{}' could not be removed: {}", options_.name, cleanup.message());
        }
    }
    enter(State::error, error.message());
    ports_.statuses.set_pid(options_.name, 0);
    stopped_->set();
}

Task<> Supervisor::shut_down(Duration grace) {
    enter(State::stopping, "");
    frontend_->down("the workload is being stopped");
    close_frontend();
    if (!container_.empty()) {
        try {
            co_await with_deadline(ports_.containers.stop(container_, grace), grace + 10s, "stopping the container");
        } catch (const Error& error) {
            log::error("the container of '{}' could not be stopped: {}", options_.name, error.message());
            enter(State::unhealthy, error.message());
        }
    }
    if (state_ == State::stopping) enter(State::stopped, "");
    stopped_->set();
    // One turn of the loop, so that whoever asked for the stop gets the answer before the socket closes.
    co_await sleep_for(1ms);
}

Task<> Supervisor::stop_on_request(Duration grace) {
    grace_ = grace;
    stop_requested_->set();
    co_await stopped_->wait();
}

Task<Error> Supervisor::exited_early(int code) {
    const auto info = co_await ports_.containers.inspect(container_);
    auto message = fmt::format("the server exited with code {} before it answered", code);
    if (info && info->oom_killed) message = "the server was killed because it ran out of memory";
    co_return co_await with_last_output(Error{Fault::internal, std::move(message)});
}

Task<Error> Supervisor::with_last_output(Error error) {
    std::vector<std::string> lines;
    try {
        lines = co_await with_deadline(ports_.containers.last_lines(container_, 10), 3s, "reading the server's output");
    } catch (const Error& failure) {
        log::warn("{}", failure.message());
    }
    if (lines.empty()) co_return error;
    Error told{error.fault(), fmt::format("{}; its last output:\n  {}", error.message(), fmt::join(lines, "\n  "))};
    co_return told.hint(error.hint());
}

/// The state, in memory and in the status file. The file of a workload that has been removed is not made again.
void Supervisor::enter(State state, std::string reason) {
    state_ = state;
    reason_ = std::move(reason);
    log::info("{}{}{}", to_string(state_), reason_.empty() ? "" : ": ", reason_);
    try {
        if (!ports_.run_configs.load(options_.name)) return;
        ports_.statuses.put(options_.name, state_, reason_);
        if (state_ == State::stopped) ports_.statuses.set_pid(options_.name, 0);
    } catch (const Error& error) {
        log::error("the status of '{}' could not be written: {}", options_.name, error.message());
    }
}

SupervisorReport Supervisor::report() const {
    return {.pid = ::getpid(),
            .state = state_,
            .reason = reason_,
            .port = frontend_->port(),
            .container_id = container_,
            .started_at = state_ == State::running ? started_at_ : std::nullopt};
}

} // namespace thv::proxy
