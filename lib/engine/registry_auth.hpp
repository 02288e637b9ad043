// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/environment.hpp"
#include "io/task.hpp"

#include <string>

namespace thv::engine {

/// The value of X-Registry-Auth for a registry ("ghcr.io", "docker.io", "host:5000"); empty to pull anonymously. Looks
/// at REGISTRY_<HOST with . and - as _>_USERNAME and _PASSWORD, then at `auths` of docker's configuration
/// ($DOCKER_CONFIG, else ~/.docker). A credential goes to the registry that it was given for and to no other.
Task<std::string> registry_auth(Environment environment, std::string registry);

} // namespace thv::engine
