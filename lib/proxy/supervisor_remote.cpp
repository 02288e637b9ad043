// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "io/memory.hpp"
#include "proxy/remote_frontend.hpp"
#include "proxy/supervisor.hpp"

namespace thv::proxy {

void Supervisor::make_proxy(const asio::any_io_executor& executor) {
    try {
        if (config_.remote_url.empty()) {
            frontend_ = make_frontend(executor, ports_.containers, config_, options_.output);
            frontend_->keep_sessions(sessions_file());
            return;
        }
        auto remote = std::make_unique<RemoteFrontend>(executor, config_, options_.environment, ports_.secrets);
        remote_ = remote.get();
        frontend_ = std::move(remote);
    } catch (const Error& error) {
        enter(State::error, error.message());
        throw;
    }
}

void Supervisor::tell_ready() {
    if (was_ready_) return;
    if (options_.on_ready) options_.on_ready(workload_url(config_));
    was_ready_ = true;
    give_back_code(); // a supervisor mostly waits, and there is one for each workload
}

/// A remote server has no life of ours. It counts as started when it was asked once, whatever it said: one that is
/// away is waited for, with the proxy in its place.
Task<> Supervisor::watch_remote() {
    co_await remote_->watch([this](const std::optional<Error>& trouble) {
        if (!trouble) {
            started_at_ = now();
            enter(State::running, "");
        } else {
            const bool locked_out = trouble->fault() == Fault::denied;
            enter(locked_out ? State::unauthenticated : State::unhealthy, trouble->message());
        }
        tell_ready();
    });
}

} // namespace thv::proxy
