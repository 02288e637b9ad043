// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/run_config.hpp"
#include "core/workload.hpp"
#include "io/environment.hpp"
#include "io/event.hpp"
#include "io/task.hpp"
#include "proxy/diagnostics.hpp"
#include "proxy/frontend.hpp"
#include "secrets/values.hpp"
#include "store/run_configs.hpp"
#include "store/statuses.hpp"
#include "store/supervisors.hpp"
#include "workload/containers.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace thv::proxy {

class RemoteFrontend;

/// Owns one workload while it runs: the proxy's port, the container's life and stdio, the restarts, the status file
/// and the control socket. A remote server has no container: it is watched, and one that fails is waited for.
class Supervisor {
public:
    struct Ports {
        Containers& containers;
        RunConfigs& run_configs;
        Statuses& statuses;
        const Supervisors& supervisors;
        secrets::Values& secrets; ///< for remote servers
    };
    struct Options {
        std::string name;
        Duration patience;                                    ///< for the server's first answer
        bool restart = true;                                  ///< false: the server's end is the supervisor's end
        OutputSink output;                                    ///< what the server writes for people; may be empty
        std::function<void(const std::string& url)> on_ready; ///< called once, at the first readiness
        Environment environment = {};                         ///< how remote servers are reached
    };

    Supervisor(Ports ports, Options options)
        : ports_(ports)
        , options_(std::move(options)) {}

    /// Serves until asked to stop (control socket, or cancellation of the task, both of which stop the container
    /// first) and returns 0; without `restart` returns the server's exit code. Throws when the server never became
    /// ready the first time; its container is removed then.
    Task<int> run();

private:
    Task<> lives();
    Task<> watch_remote();
    void make_proxy(const asio::any_io_executor& executor);
    void tell_ready();
    Task<> start_life();
    Task<> start_new();
    Task<bool> adopt();
    Task<> watch_exit(std::optional<int>& code);
    void keep_handover();
    std::filesystem::path handover_file() const;
    std::filesystem::path sessions_file() const;
    void close_frontend();
    Task<> live();
    Task<int> until_exit();
    Task<> announce_ready();
    Task<std::string> create_container();
    Task<> engine_back();
    Task<bool> survived();
    Task<> settle(const Error& error);
    Task<> shut_down(Duration grace);
    Task<Error> exited_early(int code);
    Task<Error> with_last_output(Error error);
    Task<> stop_on_request(Duration grace);
    void listen(const asio::any_io_executor& executor);
    void start_diagnostics(const asio::any_io_executor& executor);
    Telling telling();
    std::string metrics() const;
    Told health() const;
    void bind();
    void keep_port();
    void enter(State state, std::string reason);
    SupervisorReport report() const;
    RunConfig load() const;

    Ports ports_;
    Options options_;
    RunConfig config_;
    std::unique_ptr<Frontend> frontend_;
    RemoteFrontend* remote_ = nullptr;         ///< `frontend_`, when the server is a remote one
    std::unique_ptr<Diagnostics> diagnostics_; ///< null without a port for it
    std::unique_ptr<Event> stop_requested_;
    std::unique_ptr<Event> stopped_;
    Duration grace_ = std::chrono::seconds{10};
    State state_ = State::starting;
    std::string reason_;
    std::string container_;
    std::optional<Time> started_at_;
    std::chrono::steady_clock::time_point life_began_;
    int exit_code_ = 0;
    int restarts_ = 0;
    bool was_ready_ = false; ///< ever
    bool first_life_ = true;
};

} // namespace thv::proxy
