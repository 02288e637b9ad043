// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/args.hpp"
#include "core/run_config.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace thv::commands {

/// Who may use a proxy and what they see of its server, as it was typed.
struct GateFlags {
    std::vector<std::string> allowed_hosts;
    std::optional<std::string> token_file;
    std::optional<std::string> token_variable;
    std::string issuer;
    std::string audience;
    std::string jwks_url;
    std::string ca_file;
    std::string jwks_token_file;
    std::string resource_url;
    std::vector<std::string> scopes;
    std::vector<std::string> required_scopes;
    bool allow_http = false;
    std::vector<std::string> tools;
    std::optional<std::string> tools_override;
    bool audit = false;
    std::optional<std::string> audit_config;
    std::optional<int> metrics_port;
    std::vector<std::string> limits;

    void declare(cli::Args& args);
    bool given() const { return *this != GateFlags{}; }
    /// Sets what was given; relative files are taken from `cwd`, and must be there. Fault::usage names the flag.
    void put(RunConfig& config, const std::filesystem::path& cwd) const;
    bool operator==(const GateFlags&) const = default;
};

} // namespace thv::commands
