// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// How one supervisor leaves its server to the next.
#include "io/log.hpp"
#include "proxy/supervisor.hpp"

namespace thv::proxy {

std::filesystem::path Supervisor::handover_file() const {
    return ports_.supervisors.life_lock(options_.name).replace_filename("handover.json");
}

std::filesystem::path Supervisor::sessions_file() const {
    return ports_.supervisors.life_lock(options_.name).replace_filename("sessions");
}

/// For good: clients' sessions end with this, too.
void Supervisor::close_frontend() {
    frontend_->close();
    remove_file(sessions_file());
}

/// Takes a server over that a killed supervisor has left; it does not notice.
Task<bool> Supervisor::adopt() {
    auto handover = read_file(handover_file());
    if (!handover || handover->empty()) co_return false;
    const auto id = co_await ports_.containers.adopt(config_);
    if (!id) co_return false;
    co_await frontend_->resume(*id, *std::move(handover));
    container_ = *id;
    log::info("took over the running server");
    co_return true;
}

/// What a successor needs to take the server over, should this process be killed.
void Supervisor::keep_handover() {
    const auto handover = frontend_->handover();
    if (handover.empty()) return;
    try {
        write_atomic(handover_file(), handover);
    } catch (const Error& error) {
        log::warn("a next supervisor will start the server anew: {}", error.message());
    }
}

} // namespace thv::proxy
