// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/api.hpp"
#include "io/environment.hpp"
#include "io/paths.hpp"
#include "io/task.hpp"

#include <string>
#include <vector>

namespace thv::engine {

/// What became of looking at one place where an engine may listen.
struct Probe {
    std::string source =
        {}; ///< why this place was looked at: a variable, a docker context, "known socket", "own podman"
    std::string socket = {}; ///< its path; empty when the source names none that can be used
    bool answered = false;
    std::string reason = {}; ///< why it did not answer, or cannot be used
    std::string engine = {}; ///< "docker" or "podman"
    std::string version = {};
    std::string api_version = {};
};

/// An engine that has answered.
struct Endpoint {
    std::string socket;
    std::string source;
    Facts facts;
    bool own = false; ///< a podman service that thv starts, on demand
};

/// Looks at every place, two seconds each at most. Starts nothing.
Task<std::vector<Probe>> probe_engines(Environment environment, Paths paths);

/// The first engine that answers, of the kind that TOOLHIVE_RUNTIME (docker, podman) asks for. When none does, no place
/// was named by the user, and there is a podman program: a podman service of our own. Throws Fault::unreachable with
/// every place and its reason.
Task<Endpoint> find_engine(Environment environment, Paths paths);

/// The same, but starts nothing: a podman service of our own counts while it runs.
Task<Endpoint> find_running_engine(Environment environment, Paths paths);

/// The API of the engine behind an endpoint that one of these gave.
std::shared_ptr<Api> connect(const Endpoint& endpoint, const Environment& environment);

/// Finds the engine at its first use, and stays with it: when it went away, the same one is looked for again, and a
/// podman of our own is started again. Must not outlive the io_context it is used on.
class Connector {
public:
    Connector(Environment environment, Paths paths)
        : environment_(std::move(environment))
        , paths_(std::move(paths)) {}

    /// Throws Fault::unreachable when there is no engine (any more).
    Task<std::shared_ptr<Api>> api();

private:
    Environment environment_;
    Paths paths_;
    std::optional<Endpoint> found_;
    std::shared_ptr<Api> api_;
    std::chrono::steady_clock::time_point checked_;
};

} // namespace thv::engine
