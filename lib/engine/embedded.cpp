// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/embedded.hpp"

#include "core/error.hpp"
#include "io/deadline.hpp"
#include "io/files.hpp"
#include "io/process.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <optional>
#include <string_view>

namespace thv::engine {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto patience = 20s;
constexpr auto pause = 50ms;
constexpr auto* idle_seconds = "--time=60";

Task<std::optional<Facts>> answers(std::string socket) {
    std::optional<Facts> facts;
    try {
        http::Client client{http::UnixEndpoint{std::move(socket)}};
        facts = co_await ping(client, 2s);
    } catch (const Error&) {
        // The caller starts one, or gives up with the reason that podman itself wrote.
        facts = std::nullopt;
    }
    co_return facts;
}

/// What podman needs to know, also when the environment is not this process's own.
std::vector<std::string> handed_down(const Environment& environment) {
    std::vector<std::string> variables;
    for (const auto* name : {"HOME", "PATH", "TMPDIR", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
                             "CONTAINERS_CONF", "CONTAINERS_STORAGE_CONF", "CONTAINERS_REGISTRIES_CONF"})
        if (const auto value = environment.get(name)) variables.push_back(fmt::format("{}={}", name, *value));
    return variables;
}

std::string last_line(const fs::path& log) {
    auto text = read_file(log, 1U << 20U).value_or("");
    text.erase(text.find_last_not_of('\n') + 1);
    return text.substr(text.rfind('\n') + 1);
}

/// With the lock held.
Task<Facts> start_alone(std::string program, Environment environment, Paths paths) {
    const auto socket = own_podman_socket(paths);
    const auto already = co_await answers(socket);
    if (already) co_return *already;
    const auto log = paths.runtime / "podman.log";
    remove_file(log);
    remove_file(socket); // left by one that was killed
    const Spawn spawn{.arguments = {program, "system", "service", idle_seconds, "unix://" + socket},
                      .log = log,
                      .inherited = {},
                      .environment = handed_down(environment)};
    const int pid = spawn_detached(spawn);
    const auto give_up = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < give_up) {
        const auto facts = co_await answers(socket);
        if (facts) co_return *facts;
        if (!process_info(pid)) break;
        co_await sleep_for(pause);
    }
    if (const auto stuck = process_info(pid)) signal_process(*stuck, SIGTERM);
    throw Error{Fault::unreachable, fmt::format("podman's service does not come up: {}", last_line(log))}.hint(
        fmt::format("'podman info' shows whether podman works here; its service writes to {}", log.string()));
}

} // namespace

std::string podman_program(const Environment& environment) {
    const auto path = environment.get_or("PATH", "");
    for (std::size_t from = 0; from < path.size();) {
        const auto to = std::min(path.find(':', from), path.size());
        const fs::path program = fs::path{path.substr(from, to - from)} / "podman";
        // A relative entry of PATH would let the working folder choose the program.
        if (program.is_absolute() && ::access(program.c_str(), X_OK) == 0) return program.string();
        from = to + 1;
    }
    return {};
}

std::string own_podman_socket(const Paths& paths) {
    return (paths.runtime / "podman.sock").string();
}

Task<Facts> start_own_podman(Environment environment, Paths paths) {
    const auto program = podman_program(environment);
    if (program.empty()) throw Error{Fault::unreachable, "there is no podman on PATH any more"};
    make_folder(paths.runtime);
    const auto socket = own_podman_socket(paths);
    const auto give_up = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < give_up) {
        const auto facts = co_await answers(socket);
        if (facts) co_return *facts;
        // Whoever holds the lock is starting one: then that is the one to wait for.
        const auto lock = FileLock::acquire(paths.runtime / "podman.lock", Duration::zero());
        if (lock) {
            const auto started = co_await start_alone(program, environment, paths);
            co_return started;
        }
        co_await sleep_for(pause);
    }
    throw Error{Fault::unreachable, "another process has been starting podman's service for 20 s"};
}

} // namespace thv::engine
