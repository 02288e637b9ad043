// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "core/run_config.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace thv::plan {

/// What somebody wants to have: the content of one or several workload files, version 1.
///
///     version: 1
///     groups: [tools]
///     profiles:
///       hub-only: {network: {outbound: {allow_host: [github.com], allow_port: [443]}}}
///     workloads:
///       github:
///         image: ghcr.io/acme/github-mcp:1.4
///         group: tools
///         profile: hub-only
struct Wanted {
    std::vector<std::string> groups;  ///< in the order of the files, each once; never "default"
    std::vector<RunConfig> workloads; ///< the same; ports are 0 where the file gives none
};

/// A workload file's text, and what it is called in messages; relative paths in it start at `folder`.
struct Source {
    std::string name;
    std::string text;
    std::string folder;
};

/// Throws what keeps a run config from being run where it is to run.
using Check = std::function<void(const RunConfig& config)>;
/// A permission profile that is neither built in nor in the file: the file of that path. Throws Fault::usage.
using ProfileFile = std::function<PermissionProfile(const std::string& path, const std::string& folder)>;

/// How the files are read.
struct Reading {
    bool on_cluster = false; ///< profiles are names only there, and no two workloads share an address
    ProfileFile profile_file = {};
    Check check = {};
};

/// Reads all sources and returns what is wanted, with every mistake that was found in them appended to `mistakes`,
/// which are Fault::usage and name the file and the field. What is returned is of use only when there are none.
Wanted read_files(const std::vector<Source>& sources, const Reading& reading, std::vector<Error>& mistakes);

/// A workload file with these groups and workloads, sorted by name.
std::string to_file(std::vector<std::string> groups, std::vector<RunConfig> workloads);

} // namespace thv::plan
