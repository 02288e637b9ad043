// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// What a supervisor tells whoever watches over its workload.
#include "proxy/exposition.hpp"
#include "proxy/supervisor.hpp"

namespace thv::proxy {

Telling Supervisor::telling() {
    return {.metrics = [this] { return metrics(); }, .health = [this] { return health(); }};
}

std::string Supervisor::metrics() const {
    Exposition exposition;
    frontend_->calls().expose(exposition);
    expose(exposition, frontend_->vitals());
    exposition.one("toolhive_mcp_server_restarts_total", "counter",
                   "How often the server was started again after it had ended.", restarts_);
    return exposition.take();
}

Told Supervisor::health() const {
    const auto health = frontend_->vitals().health;
    return {health.available ? 200 : 503, "application/json", to_json(health, config_.transport)};
}

/// On the port that was asked for; it is taken with the proxy's, before anything of the server is started.
void Supervisor::start_diagnostics(const asio::any_io_executor& executor) {
    const auto port = config_.gateway.metrics_port;
    if (port == 0) return;
    diagnostics_ = std::make_unique<Diagnostics>(executor, telling());
    try {
        diagnostics_->start(static_cast<std::uint16_t>(port));
    } catch (const Error& error) {
        throw error.within("--metrics-port");
    }
}

} // namespace thv::proxy
