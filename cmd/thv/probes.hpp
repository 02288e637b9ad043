// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/task.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace thv::commands {

/// What became of the look at one place where a container engine may listen.
struct Probe {
    std::string source; ///< what named the place: "DOCKER_HOST", "the default of rootless Podman", …
    std::string socket; ///< its path or address
    bool answered = false;
    std::string reason = {};  ///< why it did not answer
    std::string engine = {};  ///< "docker", "podman", when it answered
    std::string version = {}; ///< the engine's own
    std::string api_version = {};
};

struct Probes {
    static constexpr std::string_view noun = "looking for container engines";
    virtual ~Probes() = default;
    /// Looks at every place, in the order in which they count: the first that answers is the one that is used.
    virtual Task<std::vector<Probe>> probe() = 0;
};

} // namespace thv::commands
