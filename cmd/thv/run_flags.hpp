// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/args.hpp"
#include "core/run_config.hpp"
#include "io/environment.hpp"
#include "thv/gate_flags.hpp"
#include "thv/remote_flags.hpp"
#include "workload/platform.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace thv::cli {
class Console;
} // namespace thv::cli

namespace thv::commands {

/// What a server may use, as it was typed.
struct LimitFlags {
    std::optional<std::string> memory;
    std::optional<std::string> cpus;
    std::optional<std::string> pids;

    void declare(cli::Args& args);
    bool given() const { return memory || cpus || pids; }
    /// Sets the limits that were given. Fault::usage names the flag.
    void put(RunConfig& config) const;
    bool operator==(const LimitFlags&) const = default;
};

/// What `thv run` was told, as it was typed.
struct RunFlags {
    std::string image;                  ///< or its name in the registry, or the URL of a remote server
    std::vector<std::string> arguments; ///< behind "--"
    std::optional<std::string> name;
    std::string group = std::string{"default"};
    std::optional<std::string> transport; ///< by default what the registry says, or streamable-http
    std::optional<std::string> proxy_mode;
    std::string host = std::string{"127.0.0.1"};
    int proxy_port = 0; ///< 0: one is chosen when the proxy first starts, and kept
    int target_port = 0;
    std::string target_host = std::string{"127.0.0.1"};
    std::vector<std::string> env;
    std::vector<std::string> env_files; ///< none after take_env_files()
    std::vector<std::string> volumes;
    std::vector<std::string> labels;
    std::vector<std::string> publish;
    std::optional<std::string> permission_profile;
    std::optional<std::string> network;
    std::optional<bool> isolate_network;
    std::optional<std::string> session_ttl;
    std::vector<std::string> allowed_origins;
    std::vector<std::string> secrets;
    LimitFlags limits;
    ContainerOptions options;
    bool ignore_globally = true;
    std::optional<std::string> stdio;
    std::optional<std::string> session_isolation;
    RemoteFlags remote;
    GateFlags gate;

    void declare(cli::Args& args);
    /// Offers those that say what the container of a server gets, and can be changed later on.
    void declare_container(cli::Args& args);
    bool operator==(const RunFlags&) const = default;
};

/// The run config of a new workload on a platform. Relative volume sources are taken from `cwd`, and must exist; "-e
/// NAME" takes its value from the environment, and is left out when there is none. The env files must have been taken.
/// Reads a profile's file, nothing else. A target port of 0 must have been replaced by one of choose_port() for the
/// HTTP transports; a proxy port of 0 stays. On a cluster the sources of volumes are folders of its nodes, and what the
/// operator adds itself is left out. Every error is Fault::usage, or Fault::unsupported for what this version cannot
/// do, and names the flag.
RunConfig run_config_from(const RunFlags& flags, const Environment& environment, const std::filesystem::path& cwd,
                          Platform platform);

/// A run config that came from elsewhere, made fit for a new workload on this platform: with its own labels, and a port
/// for its server. Throws as run_config_from does.
RunConfig adopted(RunConfig config, Platform platform);

/// The volumes that were asked for, as run_config_from checks them.
std::vector<Mount> mounts_from(const RunFlags& flags, const std::filesystem::path& cwd, Platform platform);

/// Reads the env files (docker's format: NAME=VALUE or NAME per line, '#' starts a comment) and puts what they say in
/// front of what "--env" says, as if it had been typed. To be called once, before anything asks for variables: what
/// comes from stdin ("-") or another pipe can be read one time only. Fault::usage names the file and the line.
void take_env_files(RunFlags& flags, const std::filesystem::path& cwd, cli::Console& console);

/// Variables of "--env"; later ones win. The env files must have been taken.
std::map<std::string, std::string> variables_from(const RunFlags& flags, const Environment& environment);

/// The permission profile that was asked for by name or path ("network" when none was), with the network mode and the
/// volumes added.
PermissionProfile profile_from(const RunFlags& flags, const std::vector<Mount>& mounts,
                               const std::filesystem::path& cwd);

/// Writes each use of a secret in the one form that all others compare and read. Fault::usage for two uses of one
/// variable, or one of a variable that is set besides: what the server gets would be chance.
void put_secret_uses(RunConfig& config);

/// The value, or its error said about the flag.
template <typename T>
T checked(std::string_view flag, Result<T> result) {
    if (!result) throw result.error().within(flag);
    return *std::move(result);
}

/// What --permission-profile says, where it can be said: the operator knows the built-in profiles only, and pods have
/// no network mode. Fault::unsupported for anything else.
void put_cluster_profile(RunConfig& config, const RunFlags& flags);

/// A --network as it may be in a profile. Fault::usage for what is no name.
std::string checked_network(std::string name);

/// A port as it may be in a run config; 0 stays 0. Fault::usage names the flag.
int checked_port(std::string_view flag, int port);

/// A --session-ttl as a run config keeps it; empty when none was given.
std::string checked_ttl(const std::optional<std::string>& text);

/// Fault::usage for what is not "scheme://host[:port]".
void check_origin(const std::string& origin);

/// Fault::usage for a variable that no environment can have.
void check_variable_names(const RunConfig& config);

/// Fault::usage for a volume and a tmpfs at one place, of which an engine would take either or none.
void check_targets(const RunConfig& config);

/// A free port of this machine, for a server that may share its network.
int choose_port();

/// Fault::usage for flags that are about a container, of which a remote server has none.
void check_remote(const RunFlags& flags);

/// Whether the server in the container is reached by HTTP, so that it needs a port.
bool needs_target_port(const RunFlags& flags);

} // namespace thv::commands
