// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/exec_plugin.hpp"
#include "cluster/kubeconfig.hpp"
#include "http/message.hpp"
#include "io/environment.hpp"
#include "io/event.hpp"
#include "io/task.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace thv::cluster {

/// As whom requests are made: the fields that prove it, renewed in time.
class Credentials {
public:
    using Clock = std::chrono::steady_clock;

    /// `ca` is what a plugin that asks for it is told of the cluster (PEM).
    Credentials(Settings settings, std::string ca, Environment environment);

    Task<http::Headers> headers();
    /// Forgets what was read from a file or handed out by a plugin. False when there was none of that.
    Task<bool> refresh();

    /// The plugin's last credential, for its client certificate; null without a plugin, or before it has run.
    const ExecCredential* handed_out() const { return handed_out_.get(); }

private:
    Task<> run_plugin_once();
    bool plugin_is_needed() const;
    std::string token();
    http::Headers impersonation() const;

    Settings settings_;
    std::string ca_;
    Environment environment_;
    std::unique_ptr<ExecCredential> handed_out_;
    bool stale_ = false;             ///< a server has refused what was handed out last
    std::shared_ptr<Event> running_; ///< set when the plugin that runs has ended; null while none runs
    std::string file_token_;
    std::optional<Clock::time_point> file_read_;
};

} // namespace thv::cluster
