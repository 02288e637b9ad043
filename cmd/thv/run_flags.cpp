// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/run_flags.hpp"

#include "core/name.hpp"
#include "core/permissions.hpp"
#include "io/files.hpp"
#include "manifest/manifest.hpp"
#include "plan/profile_file.hpp"
#include "thv/labels.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <system_error>

namespace thv::commands {

namespace {

namespace fs = std::filesystem;

constexpr int highest_port = 65535;

Transport transport_of(const RunFlags& flags) {
    return checked("--transport", parse_transport(flags.transport.value_or("streamable-http")));
}

void check_image(const std::string& image) {
    const auto odd = [](unsigned char byte) { return std::isspace(byte) != 0 || std::iscntrl(byte) != 0; };
    if (image.empty() || std::ranges::any_of(image, odd))
        throw Error{Fault::usage, fmt::format("'{}' is no image reference", image)};
    const auto scheme = image.substr(0, std::min(image.find("://"), image.size()));
    if (scheme.size() == image.size()) return;
    throw Error{Fault::unsupported,
                fmt::format("building an image from a '{}' package is not available in this version of thv", scheme)}
        .hint("give the reference of an image");
}

ProxyMode proxy_mode_of(const RunFlags& flags, Transport transport) {
    std::optional<ProxyMode> asked;
    if (flags.proxy_mode) asked = checked("--proxy-mode", parse_proxy_mode(*flags.proxy_mode));
    if (transport == Transport::stdio) return asked.value_or(ProxyMode::streamable_http);
    const auto own = transport == Transport::sse ? ProxyMode::sse : ProxyMode::streamable_http;
    if (asked && *asked != own)
        throw Error{Fault::usage, fmt::format("--proxy-mode {} does not go with --transport {}", to_string(*asked),
                                              to_string(transport))}
            .hint("only a stdio server can be served in either mode");
    return own;
}

std::string checked_host(std::string_view flag, const std::string& host) {
    if (host == "localhost") return "127.0.0.1";
    in6_addr address{};
    if (::inet_pton(AF_INET, host.c_str(), &address) == 1 || ::inet_pton(AF_INET6, host.c_str(), &address) == 1)
        return host;
    throw Error{Fault::usage, fmt::format("{}: '{}' is not an IP address", flag, host)};
}

void check_isolation(bool asked) {
    if (asked)
        throw Error{Fault::unsupported, "--isolate-network is not available in this version of thv"}.hint(
            "'--permission-profile none' gives a stdio server no network at all");
}

std::string name_of(const RunFlags& flags) {
    if (flags.name) return checked("--name", WorkloadName::parse(*flags.name)).str();
    const bool remote = is_remote_url(flags.image);
    const auto derived = WorkloadName::parse(remote ? name_from_url(flags.image) : name_from_image(flags.image));
    if (derived) return derived->str();
    throw Error{Fault::usage, remote ? "no name can be made from the URL"
                                     : fmt::format("no name can be made from the image '{}'", flags.image)}
        .hint("give one with --name");
}

void put_ports(RunConfig& config, const RunFlags& flags, Platform platform) {
    const int target = checked_port("--target-port", flags.target_port);
    if (config.transport == Transport::stdio) {
        if (target != 0) throw Error{Fault::usage, "--target-port does not go with --transport stdio"};
    } else {
        if (target == 0 && platform == Platform::engine)
            throw Error{Fault::internal, "no port was chosen for the server"};
        config.target_port = target;
    }
    for (const auto& text : flags.publish)
        checked("--publish", parse_publish(text));
    config.publish = flags.publish;
}

void put_server_variables(RunConfig& config) {
    config.env_vars.emplace("MCP_TRANSPORT", to_string(config.transport));
    if (config.transport == Transport::stdio) return;
    config.env_vars.emplace("MCP_PORT", fmt::to_string(config.target_port));
    config.env_vars.emplace("FASTMCP_PORT", fmt::to_string(config.target_port));
}

/// The labels by which upstream and other tools know a container of ours; the port's is added when there is a port.
void put_own_labels(RunConfig& config) {
    config.container_labels["toolhive"] = "true";
    config.container_labels["toolhive-name"] = config.container_name;
    config.container_labels["toolhive-basename"] = config.base_name;
    config.container_labels["toolhive-transport"] = to_string(config.transport);
    if (config.port != 0) config.container_labels["toolhive-port"] = fmt::to_string(config.port);
}

void put_isolation(RunConfig& config, const RunFlags& flags, Platform platform) {
    if (!flags.session_isolation) return;
    if (platform == Platform::cluster)
        throw Error{Fault::unsupported, "--session-isolation is not available on a cluster"};
    config.isolation = checked("--session-isolation", parse_isolation(*flags.session_isolation));
    if (config.isolation == Isolation::shared) return;
    if (config.transport != Transport::stdio)
        throw Error{Fault::usage, "--session-isolation per-session is for servers of --transport stdio"};
    if (config.stdio_path == StdioPath::attach)
        throw Error{Fault::usage, "--session-isolation per-session needs a server that is reached directly"}.hint(
            "leave --stdio attach out");
    config.stdio_path = StdioPath::direct; // through the engine there is only one process
}

void put_stdio_path(RunConfig& config, const RunFlags& flags, Platform platform) {
    if (!flags.stdio) return;
    if (platform == Platform::cluster) throw Error{Fault::unsupported, "--stdio is not available on a cluster"};
    config.stdio_path = checked("--stdio", parse_stdio_path(*flags.stdio));
    if (config.stdio_path == StdioPath::direct && config.transport != Transport::stdio)
        throw Error{Fault::usage, "--stdio direct is for servers of --transport stdio"};
}

void put_secrets(RunConfig& config, const RunFlags& flags, Platform platform) {
    config.secrets = flags.secrets;
    if (platform == Platform::engine) return put_secret_uses(config);
    for (const auto& text : config.secrets)
        checked("--secret", parse_secret_use(text));
}

void put_options(RunConfig& config, const RunFlags& flags) {
    config.container_options = flags.options;
    for (const auto& text : flags.options.tmpfs)
        checked("--tmpfs", parse_tmpfs(text));
    if (!flags.options.user.empty()) checked("--user", parse_user(flags.options.user));
    config.global_ignore = flags.ignore_globally;
}

/// What a pod could not be given, it must not run without.
void require_cluster_options(const RunConfig& config) {
    for (const auto& misfit : misfits_of(config))
        throw Error{misfit.error};
}

void put_profile(RunConfig& config, const RunFlags& flags, const std::vector<Mount>& mounts, const fs::path& cwd) {
    config.permission_profile_name = flags.permission_profile.value_or("");
    config.permission_profile = profile_from(flags, mounts, cwd);
    plan::put_profile_limits(config.limits, *config.permission_profile);
}

/// What holds for every server, wherever it runs.
void put_serving(RunConfig& config, const RunFlags& flags) {
    config.name = config.container_name = config.base_name = name_of(flags);
    config.transport = transport_of(flags);
    config.proxy_mode = proxy_mode_of(flags, config.transport);
    config.host = checked_host("--host", flags.host);
    config.port = checked_port("--proxy-port", flags.proxy_port);
    std::ranges::for_each(flags.allowed_origins, check_origin);
    config.allowed_origins = flags.allowed_origins;
    config.container_labels = parse_labels(flags.labels);
    config.session_ttl = checked_ttl(flags.session_ttl);
    config.group = checked("--group", GroupName::parse(flags.group)).str();
}

Error not_on_cluster() {
    return Error{Fault::unsupported, "a remote server cannot be run on a cluster by this version of thv"}.hint(
        "apply an MCPRemoteProxy with kubectl");
}

RunConfig remote_config_from(const RunFlags& flags, const fs::path& cwd, Platform platform) {
    if (platform == Platform::cluster) throw not_on_cluster();
    check_remote_url(flags.image);
    check_remote(flags);
    RunConfig config;
    config.remote_url = flags.image;
    put_serving(config, flags);
    config.target_host = authority_of_url(flags.image);
    remote::put(config, flags.remote.access(cwd));
    flags.gate.put(config, cwd);
    return config;
}

} // namespace

int checked_port(std::string_view flag, int port) {
    if (port >= 0 && port <= highest_port) return port;
    throw Error{Fault::usage, fmt::format("{}: {} is not a port; ports go from 1 to {}", flag, port, highest_port)};
}

/// What Go's time.ParseDuration reads: a bare number of seconds gets its unit.
std::string checked_ttl(const std::optional<std::string>& text) {
    if (!text) return {};
    const auto span = checked("--session-ttl", parse_duration(*text));
    if (span < Duration::zero()) throw Error{Fault::usage, "--session-ttl must not be negative"};
    const auto digit = [](unsigned char byte) { return std::isdigit(byte) != 0 || byte == '.'; };
    return std::ranges::all_of(*text, digit) ? *text + "s" : *text;
}

void check_origin(const std::string& origin) {
    const auto scheme = origin.find("://");
    const bool fine = scheme != std::string::npos && scheme > 0 && scheme + 3 < origin.size() &&
                      origin.find_first_of("/ \t\r\n,", scheme + 3) == std::string::npos;
    if (fine) return;
    throw Error{Fault::usage, fmt::format("--allowed-origins: '{}' is not an origin", origin)}.hint(
        "write it as https://host or https://host:port");
}

std::vector<Mount> mounts_from(const RunFlags& flags, const fs::path& cwd, Platform platform) {
    std::vector<Mount> mounts;
    for (const auto& text : flags.volumes) {
        auto mount = checked("--volume", parse_volume(text, cwd.string()));
        if (platform == Platform::cluster && !text.starts_with('/'))
            throw Error{Fault::usage, fmt::format("--volume: '{}' is relative", text)}.hint(
                "on a cluster it is a folder of the node, and has to be absolute");
        // A permission profile, which the volume becomes a part of, cannot hold these.
        if ((mount.source + mount.target).find_first_of("$&;|`") != std::string::npos)
            throw Error{Fault::usage, fmt::format("--volume: '{}' contains one of $ & ; | `", text)};
        std::error_code failure;
        if (platform == Platform::engine && !fs::exists(mount.source, failure))
            throw Error{Fault::usage, fmt::format("--volume: there is no '{}'", mount.source)};
        const auto same = [&](const Mount& other) { return other.target == mount.target; };
        if (std::ranges::any_of(mounts, same))
            throw Error{Fault::usage, fmt::format("--volume: two volumes have the target '{}'", mount.target)};
        mounts.push_back(std::move(mount));
    }
    return mounts;
}

void put_cluster_profile(RunConfig& config, const RunFlags& flags) {
    if (flags.network)
        throw Error{Fault::unsupported, "--network is not available on a cluster"}.hint("use a NetworkPolicy");
    if (!flags.permission_profile) return;
    if (!builtin_profile(*flags.permission_profile))
        throw Error{Fault::unsupported, "on a cluster --permission-profile takes none or network"};
    config.permission_profile_name = *flags.permission_profile;
}

void LimitFlags::put(RunConfig& config) const {
    if (memory) config.limits.memory = checked("--memory", parse_memory(*memory));
    if (cpus) config.limits.milli_cpus = checked("--cpus", parse_cpus(*cpus));
    if (pids) config.limits.pids = checked("--pids-limit", parse_pids(*pids));
}

bool needs_target_port(const RunFlags& flags) {
    return !is_remote_url(flags.image) && flags.target_port == 0 && transport_of(flags) != Transport::stdio;
}

RunConfig run_config_from(const RunFlags& flags, const Environment& environment, const fs::path& cwd,
                          Platform platform) {
    if (is_remote_url(flags.image)) return remote_config_from(flags, cwd, platform);
    if (flags.remote != RemoteFlags{})
        throw Error{Fault::usage, "--remote-header and its like, and --ca-cert, are for remote servers only"};
    check_image(flags.image);
    check_isolation(flags.isolate_network.value_or(false));
    RunConfig config;
    config.image = flags.image;
    config.cmd_args = flags.arguments;
    put_serving(config, flags);
    config.target_host = checked_host("--target-host", flags.target_host);
    put_ports(config, flags, platform);
    const auto mounts = mounts_from(flags, cwd, platform);
    for (const auto& mount : mounts)
        config.volumes.push_back(declared_volume(mount));
    config.env_vars = variables_from(flags, environment);
    flags.limits.put(config);
    put_options(config, flags);
    check_targets(config);
    if (platform == Platform::cluster) require_cluster_options(config);
    put_stdio_path(config, flags, platform);
    put_isolation(config, flags, platform);
    put_secrets(config, flags, platform);
    if (platform == Platform::cluster) {
        if (flags.gate.given())
            throw Error{Fault::unsupported,
                        "who may use a server, and what is seen of it, is not set here on a cluster"}
                .hint("that is in the spec of its MCPServer: oidcConfig, toolConfigRef, audit");
        put_cluster_profile(config, flags);
        return config;
    }
    flags.gate.put(config, cwd);
    put_profile(config, flags, mounts, cwd);
    put_server_variables(config);
    put_own_labels(config);
    return config;
}

RunConfig adopted(RunConfig config, Platform platform) {
    if (config.base_name.empty()) config.base_name = config.name;
    if (config.container_name.empty()) config.container_name = config.base_name;
    check_runnable(config);
    if (platform == Platform::engine) {
        check_enforceable(config.document);
        check_gateway(config.gateway);
        check_exposure(config.host, config.allowed_origins, config.gateway);
    }
    if (!config.remote_url.empty()) {
        if (platform == Platform::cluster) throw not_on_cluster();
        check_remote_url(config.remote_url);
        config.target_host = authority_of_url(config.remote_url);
        static_cast<void>(remote::access_of(config));
        return config;
    }
    check_image(config.image);
    check_targets(config);
    if (platform == Platform::cluster) {
        require_cluster_options(config);
        return config;
    }
    check_isolation(config.isolate_network);
    put_secret_uses(config);
    if (config.transport != Transport::stdio && config.target_port == 0) config.target_port = choose_port();
    put_server_variables(config);
    put_own_labels(config);
    return config;
}

} // namespace thv::commands
