// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/console.hpp"
#include "cli/globals.hpp"
#include "engine/lifecycle.hpp"
#include "io/environment.hpp"
#include "proxy/supervisor.hpp"
#include "thv/foreground.hpp"

namespace thv::commands {

/// Supervises in this process, over an engine.
class EngineForeground : public Foreground {
public:
    struct Parts {
        engine::Lifecycle& lifecycle;
        proxy::Supervisor::Ports supervisor;
        const Environment& environment;
        cli::Console& console;
        bool debug = false;
    };
    explicit EngineForeground(Parts parts)
        : parts_(parts) {}

    Task<int> supervise(WorkloadName name) override;
    Task<int> run(RunConfig config, Duration patience, Progress progress,
                  std::function<void(std::string_view url)> ready) override;

private:
    void require_secrets(const std::string& name);
    Task<> create(RunConfig config, Progress progress);
    Task<> erase(std::string name);

    Parts parts_;
};

} // namespace thv::commands
