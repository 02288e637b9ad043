// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/spec.hpp"

#include "core/permissions.hpp"
#include "engine/container_calls.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>

namespace thv::engine {

namespace {

using nlohmann::json;

constexpr int process_limit = 256;
constexpr long long nano_per_milli = 1'000'000;
constexpr long long open_file_limit = 65536;
// Below the 32768 to which podman lowers its own limit; PidsLimit is what holds a server back.
constexpr long long user_process_limit = 30000;
constexpr std::string_view loopback = "127.0.0.1";

std::optional<long long> hard_limit(__rlimit_resource resource) {
    rlimit limit{};
    if (::getrlimit(resource, &limit) != 0 || limit.rlim_max == RLIM_INFINITY) return std::nullopt;
    return static_cast<long long>(limit.rlim_max);
}

bool is_http(const RunConfig& config) {
    return config.transport != Transport::stdio;
}

/// The profile that counts: the stored one, else the built-in of that name, else upstream's default, "network".
PermissionProfile profile_of(const RunConfig& config) {
    if (config.permission_profile) return *config.permission_profile;
    const auto& name = config.permission_profile_name;
    return value_or_throw(builtin_profile(name.empty() ? "network" : std::string_view{name}));
}

std::map<std::string, std::string> labels_of(const RunConfig& config) {
    std::map<std::string, std::string> labels;
    for (const auto& [name, value] : config.container_labels)
        if (name != "toolhive" && !name.starts_with("toolhive-")) labels.emplace(name, value);
    labels["toolhive"] = "true";
    labels["toolhive-name"] = config.container_name;
    labels["toolhive-basename"] = config.base_name;
    labels["toolhive-transport"] = to_string(config.transport);
    labels["toolhive-port"] = std::to_string(config.port);
    // A missing label would be read as "isolated" by upstream, which would look for helpers that are not there.
    labels["toolhive-network-isolation"] = "false";
    return labels;
}

/// The address that the server is told to bind to. Inside a network of its own it must be reachable from outside, which
/// upstream's default, the container's own loopback, is not.
std::string bind_address(const RunConfig& config, const std::string& mode) {
    return mode == "host" || config.target_host != loopback ? config.target_host : "0.0.0.0";
}

std::vector<std::string> environment_of(const RunConfig& config, const std::string& mode) {
    auto variables = config.env_vars;
    variables["MCP_TRANSPORT"] = to_string(config.transport);
    if (is_http(config)) {
        variables["MCP_PORT"] = std::to_string(config.target_port);
        variables["FASTMCP_PORT"] = std::to_string(config.target_port);
        variables.emplace("MCP_HOST", bind_address(config, mode));
    }
    std::vector<std::string> lines;
    for (const auto& [name, value] : variables) {
        const bool usable = !name.empty() && name.find_first_of(std::string_view{"=\0", 2}) == std::string::npos &&
                            value.find('\0') == std::string::npos;
        if (!usable) throw Error{Fault::usage, "an environment variable has no usable name or contains a NUL"};
        lines.push_back(fmt::format("{}={}", name, value));
    }
    return lines;
}

json limits_of(const HostLimits& limits) {
    json list = json::array();
    const auto add = [&list](const char* name, long long value) {
        list.push_back({{"Name", name}, {"Soft", value}, {"Hard", value}});
    };
    add("nofile", std::min(open_file_limit, limits.open_files.value_or(open_file_limit)));
    add("nproc", std::min(user_process_limit, limits.processes.value_or(user_process_limit)));
    return list;
}

std::string key_of(int port) {
    if (port < 1 || port > 65535) throw Error{Fault::usage, fmt::format("{} is not a port of a container", port)};
    return fmt::format("{}/tcp", port);
}

json binding(int host_port) {
    return {{"HostIp", loopback}, {"HostPort", host_port == 0 ? std::string{} : std::to_string(host_port)}};
}

void add_ports(json& spec, const RunConfig& config) {
    json exposed = json::object();
    json bindings = json::object();
    const auto add = [&](int inside, int outside) {
        exposed[key_of(inside)] = json::object();
        bindings[key_of(inside)].push_back(binding(outside));
    };
    if (is_http(config)) add(config.target_port, 0);
    for (const auto& text : config.publish) {
        const auto mapping = value_or_throw(parse_publish(text));
        add(mapping.container, mapping.host);
    }
    if (exposed.empty()) return;
    spec["ExposedPorts"] = std::move(exposed);
    spec["HostConfig"]["PortBindings"] = std::move(bindings);
}

json host_config(const RunConfig& config, const HostLimits& limits, const std::string& mode) {
    json host{{"NetworkMode", mode},
              {"Init", true},
              {"PidsLimit", config.limits.pids.value_or(process_limit)},
              {"Ulimits", limits_of(limits)},
              {"RestartPolicy", {{"Name", "no"}}},
              // What both engines know: podman takes it as its k8s-file.
              {"LogConfig", {{"Type", "json-file"}, {"Config", {{"max-size", "10m"}, {"max-file", "3"}}}}}};
    if (config.limits.memory) host["Memory"] = *config.limits.memory;
    if (config.limits.milli_cpus) host["NanoCpus"] = nano_per_milli * *config.limits.milli_cpus;
    if (profile_of(config).privileged) {
        host["Privileged"] = true;
    } else {
        host["CapDrop"] = {"ALL"};
        host["SecurityOpt"] = {"no-new-privileges"};
    }
    if (config.container_options.read_only) host["ReadonlyRootfs"] = true;
    for (const auto& text : config.container_options.tmpfs) {
        const auto tmpfs = value_or_throw(parse_tmpfs(text));
        host["Tmpfs"][tmpfs.target] = tmpfs.options;
    }
    return host;
}

} // namespace

HostLimits HostLimits::of_process() {
    return {.open_files = hard_limit(RLIMIT_NOFILE), .processes = hard_limit(RLIMIT_NPROC)};
}

std::string network_mode(const RunConfig& config) {
    const auto profile = profile_of(config);
    const auto& mode = profile.network_mode;
    const bool bridged = mode.empty() || mode == "bridge" || mode == "default";
    if (!bridged) return mode;
    const auto outbound = outbound_of(profile);
    if (outbound == Outbound::nothing && mode.empty()) return "none";
    if (config.isolate_network)
        throw Error{Fault::unsupported, "isolating the network of a workload is not supported"}.hint(
            "run it with --isolate-network=false, or with --permission-profile none for no network at all");
    return "bridge";
}

json container_spec(const RunConfig& config, const HostLimits& limits) {
    const auto mode = network_mode(config);
    if (mode == "none" && is_http(config))
        throw Error{Fault::unsupported, "a server that is reached over HTTP cannot run without a network"}.hint(
            "choose a permission profile that has one, such as --permission-profile network");
    json spec{{"Image", config.image},
              {"Env", environment_of(config, mode)},
              {"Labels", labels_of(config)},
              {"Tty", false},
              {"OpenStdin", !is_http(config)},
              {"StdinOnce", false},
              {"AttachStdin", !is_http(config)},
              {"AttachStdout", !is_http(config)},
              {"AttachStderr", !is_http(config)},
              {"HostConfig", host_config(config, limits, mode)}};
    add_mounts(spec, mounts_of(config));
    if (!config.cmd_args.empty()) spec["Cmd"] = config.cmd_args;
    if (!config.container_options.user.empty()) spec["User"] = config.container_options.user;
    // The host's own network and none have no ports to publish.
    if (mode != "none" && mode != "host") add_ports(spec, config);
    return spec;
}

} // namespace thv::engine
