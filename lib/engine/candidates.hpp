// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/environment.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace thv::engine {

/// A place where an engine may listen.
struct Candidate {
    std::string source; ///< why it is looked at: a variable's name, "docker context 'x'", or "known socket"
    std::string socket; ///< absolute path; empty when `refusal` says why there is none
    std::string refusal;
    bool decisive = false; ///< the user named it: when it does not work, nothing else is tried in its place
};

/// Which places to look at, best first, each socket once.
///
/// One of TOOLHIVE_PODMAN_SOCKET, TOOLHIVE_DOCKER_SOCKET, TOOLHIVE_COLIMA_SOCKET (the first that is set, a path) stands
/// alone. Otherwise DOCKER_HOST and CONTAINER_HOST (unix:// only), then the current docker context, then the sockets
/// where podman, docker and colima listen by default. Never a path that depends on the working folder or on a folder
/// that others may write to.
std::vector<Candidate> candidates(const Environment& environment, unsigned user_id);

/// The socket's path in "unix:///path". Empty for any other scheme and for a path that is not absolute.
std::string unix_socket_of(std::string_view url);

/// The current docker context's endpoint, from DOCKER_CONTEXT or the docker configuration ($DOCKER_CONFIG, else
/// ~/.docker). None for the context "default", and without a configuration.
std::vector<Candidate> docker_context(const Environment& environment);

} // namespace thv::engine
