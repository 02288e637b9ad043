// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "core/gateway_config.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thv {

/// How the server in the container speaks.
enum class Transport { stdio, sse, streamable_http };
/// How clients speak to the proxy.
enum class ProxyMode { sse, streamable_http };

std::string_view to_string(Transport transport);
std::string_view to_string(ProxyMode mode);
/// The way of a stdio server's bytes: straight from its pipes where that can be had (direct), through the engine
/// (attach), or whichever there is.
enum class StdioPath { automatic, attach, direct };
/// Whether all sessions of a stdio server share its process, or each has one of its own.
enum class Isolation { shared, per_session };

Result<Transport> parse_transport(std::string_view text);
/// "auto", "attach", "direct".
Result<StdioPath> parse_stdio_path(std::string_view text);
std::string_view to_string(StdioPath path);
/// "shared", "per-session".
Result<Isolation> parse_isolation(std::string_view text);
std::string_view to_string(Isolation isolation);
Result<ProxyMode> parse_proxy_mode(std::string_view text);

/// One extra port to publish: container port, and the host port (0: the engine chooses).
struct PortMapping {
    int host = 0;
    int container = 0;
};
Result<PortMapping> parse_publish(std::string_view text);

/// One bind mount: absolute source on the host, absolute target in the container.
struct Mount {
    std::string source;
    std::string target;
    bool read_only = false;
    bool operator==(const Mount&) const = default;
};

/// What a server may touch; JSON as in upstream's permission profiles (toolhive-core, permissions/profile.go).
struct PermissionProfile {
    std::string name;
    std::vector<std::string> read;  ///< mount declarations: "path", "host:container", "scheme://resource:container"
    std::vector<std::string> write; ///< the same, writable
    bool privileged = false;
    std::string network_mode;
    /// The profile as it was read or built; the other network permissions and unknown fields live here only.
    nlohmann::ordered_json document = nlohmann::ordered_json::object();
};
/// The built-in profiles "none" (alias "stdio") and "network"; any other name is not found.
Result<PermissionProfile> builtin_profile(std::string_view name);
/// `where` names the profile in errors, which are Fault::usage with the field's name.
PermissionProfile profile_from_json(const nlohmann::ordered_json& document, std::string_view where);
/// The profile's `document` with the values of its members in it; fields keep their place.
nlohmann::ordered_json to_document(const PermissionProfile& profile);

/// What a server may use at most; what is not set is not limited.
struct ResourceLimits {
    std::optional<long long> memory; ///< bytes
    std::optional<int> milli_cpus;   ///< thousandths of a core
    std::optional<int> pids;         ///< processes and threads; there is a limit of 256 when it is not set
    bool operator==(const ResourceLimits&) const = default;
};
/// "512m", "1.5g", "2Gi": a number with docker's or Kubernetes' unit, all of them powers of 1024; bytes without one.
Result<long long> parse_memory(std::string_view text);
/// The shortest text that means so many bytes to parse_memory: "512m".
std::string memory_text(long long bytes);
/// "0.5", "2", "250m": cores, or thousandths of one.
Result<int> parse_cpus(std::string_view text);

/// How a server's container differs from what its image says; fields of ours, which upstream does not know.
struct ContainerOptions {
    bool read_only = false;         ///< nothing can be written outside of volumes and `tmpfs`
    std::vector<std::string> tmpfs; ///< see parse_tmpfs
    std::string user;               ///< "USER[:GROUP]", names of the image or numbers; empty: the image's own
    bool operator==(const ContainerOptions&) const = default;
};

/// A folder in memory: "/path[:OPTION,…]", with the options size=, mode=, uid=, gid=, exec, noexec, ro and rw.
struct Tmpfs {
    std::string target;
    std::string options;
};
Result<Tmpfs> parse_tmpfs(std::string_view text);
/// Its options, one by one.
std::vector<std::string> tmpfs_options(const Tmpfs& tmpfs);
/// "/path[:OPTION,…]", a size in its shortest spelling.
std::string to_string(const Tmpfs& tmpfs);
/// "1000", "1000:1000", "node", …
Result<std::string> parse_user(std::string_view text);
/// A limit of processes: at least 1.
Result<int> parse_pids(std::string_view text);

/// One secret that a server gets: as an environment variable ("NAME,target=VARIABLE", as upstream writes it), or as a
/// file whose path is in a variable ("NAME,as=file,target=VARIABLE", which upstream refuses).
struct SecretUse {
    std::string name;
    std::string target;
    bool file = false;
    bool operator==(const SecretUse&) const = default;
};
/// Takes the options behind the name in any order.
Result<SecretUse> parse_secret_use(std::string_view text);
std::string to_string(const SecretUse& use);
/// The variable that the server gets: the target, or TARGET_FILE for a file.
std::string secret_variable(const SecretUse& use);

/// How to create and serve one workload: the persisted desired state. The JSON form is upstream's run config
/// (schema_version v0.1.0, fields in a fixed order); fields that have no member here survive a rewrite in `document`.
/// A member holds the effective value: where the file says nothing, the default. A default that the file left out is
/// left out again when it is written back.
struct RunConfig {
    std::string image;
    std::string remote_url; ///< non-empty: a remote server, no container
    std::vector<std::string> cmd_args;
    std::string name;           ///< as the user gave it
    std::string container_name; ///< the container's name
    std::string base_name;      ///< the key of its files
    Transport transport = Transport::stdio;
    /// The file's word when it is no transport of ours (upstream's "inspector", or nothing at all). Such a workload is
    /// listed, exported and removed like any other and written back as it was; check_runnable refuses to run it.
    std::optional<std::string> foreign_transport;
    ProxyMode proxy_mode = ProxyMode::streamable_http;
    std::string host = "127.0.0.1"; ///< where the proxy listens
    int port = 0;                   ///< the proxy's port
    int target_port = 0;            ///< the server's port in its container; 0 for stdio
    std::string target_host = "127.0.0.1";
    std::vector<std::string> allowed_origins;
    std::vector<std::string> publish;
    std::string permission_profile_name;
    std::optional<PermissionProfile> permission_profile;
    std::map<std::string, std::string> env_vars;
    std::vector<std::string> volumes; ///< "src:dst[:ro]", sources absolute
    std::vector<std::string> secrets; ///< see parse_secret_use; on a cluster the name is SECRET/KEY
    bool global_ignore = true;        ///< the user's thvignore counts for the volumes, not only their own .thvignore
    std::map<std::string, std::string> container_labels;
    bool isolate_network = false;
    ResourceLimits limits;                       ///< a field of ours, which upstream does not know
    ContainerOptions container_options;          ///< likewise
    StdioPath stdio_path = StdioPath::automatic; ///< likewise
    GatewayConfig gateway;
    Isolation isolation = Isolation::shared; ///< likewise
    bool debug = false;
    std::string session_ttl; ///< Go duration, empty: the default
    std::string group = std::string{"default"};

    nlohmann::ordered_json document = nlohmann::ordered_json::object(); ///< what was read, unknown fields included
};

/// Parses a run config; `where` names the file in errors. Wrong types and invalid names are errors with the field's
/// name, never its value; unknown fields are kept. Without "group" the group is "default". `name` may hold the '/'
/// that upstream lets a user give; the key never does.
RunConfig run_config_from_json(std::string_view text, std::string_view where);

/// The bytes of the file: fields in upstream's order, then those it does not know; empty optional ones left out;
/// two-space indent, Go's escapes of `<`, `>` and `&`, one final newline. Throws Fault::usage for text that is not
/// UTF-8.
std::string to_json(const RunConfig& config);

/// Whether a run config may have a field of that name.
bool is_run_config_field(std::string_view name);

/// The name of the workload's files and the one that commands take: `base_name`, or `name` without one.
const std::string& key(const RunConfig& config);

/// The file's own word for the transport.
std::string_view transport_word(const RunConfig& config);

/// Throws Fault::unsupported for a run config that can be shown but not run.
void check_runnable(const RunConfig& config);

/// The URL that clients use: http://127.0.0.1:PORT/mcp, or /sse#NAME; for a remote server its own path. A proxy that
/// listens on one address only is named by that address.
std::string workload_url(const RunConfig& config);

/// "src:dst[:ro|:rw]" with an absolute target; a relative source is resolved against `cwd`.
Result<Mount> parse_volume(std::string_view text, std::string_view cwd);

} // namespace thv
