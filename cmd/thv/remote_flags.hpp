// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/args.hpp"
#include "remote/access.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thv::commands {

/// What `thv run URL` was told about getting in, as it was typed.
struct RemoteFlags {
    std::vector<std::string> secret_headers; ///< NAME=SECRET
    std::vector<std::string> headers;        ///< NAME=VALUE
    std::optional<std::string> bearer_secret;
    std::optional<std::string> bearer_file;
    std::optional<std::string> ca_file;

    void declare(cli::Args& args);
    /// Relative paths are taken from `cwd`. Fault::usage names the flag.
    remote::Access access(const std::filesystem::path& cwd) const;
    bool operator==(const RemoteFlags&) const = default;
};

/// Whether what is to be run is an http or https URL and no image.
bool is_remote_url(std::string_view text);

/// Fault::usage for a URL that cannot be one of a server.
void check_remote_url(const std::string& url);

/// A workload's name from the host: the label before the last ("githubcopilot" of api.githubcopilot.com); all of an
/// address or of a name with one label.
std::string name_from_url(const std::string& url);

/// host[:port] as in the URL.
std::string authority_of_url(const std::string& url);

} // namespace thv::commands
