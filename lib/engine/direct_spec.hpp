// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/run_config.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <optional>
#include <string>

namespace thv::engine {

/// The label by which a supervisor knows a container whose server it can take over: the DirectSpec's fingerprint.
inline constexpr const char* direct_label = "io.thv.direct-stdio";

/// How to create a container so that thv-init is its first process and the image's own command runs under it.
struct DirectSpec {
    nlohmann::json spec;
    std::string fingerprint; ///< of everything that makes the container what it is
};

/// `spec` is that of container_spec, `image` the engine's description of the image, `folder` the one that holds the
/// program and the socket. None where that cannot be: the server does not speak on stdio, the image names no command,
/// or something else is mounted at init's place.
std::optional<DirectSpec> direct_spec(const RunConfig& config, const nlohmann::json& spec, const nlohmann::json& image,
                                      const std::filesystem::path& folder);

} // namespace thv::engine
