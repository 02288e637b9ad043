// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/run_config.hpp"
#include "engine/secret_files.hpp"
#include "secrets/values.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace thv::engine {

/// Where containers get secrets from.
struct SecretPorts {
    secrets::Values* values = nullptr;
    std::optional<SecretFiles> files = {};
};

/// What makes a container see its secrets. It is put into the body of the request that creates the container and
/// nowhere else: not into a run config, a label or a fingerprint.
struct SecretInputs {
    std::vector<std::string> environment; ///< NAME=value
    std::vector<Mount> mounts;
    bool files() const { return !mounts.empty(); }
};

/// Takes the values, and writes those that are to be files. `local`: the engine shares this machine's file system.
/// Throws Fault::unsupported for a file where it does not, and what secrets::Values does.
SecretInputs secret_inputs(const RunConfig& config, const SecretPorts& ports, bool local);

/// Adds them to a container_spec.
void deliver(nlohmann::json& spec, const SecretInputs& inputs);

} // namespace thv::engine
