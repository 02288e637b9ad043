// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace thv::cluster {

/// A kind of resource. `group_version` is "v1" for the core group, else "group/version".
struct Resource {
    std::string_view group_version;
    std::string_view plural;
    std::string_view kind;

    /// The group without the version; empty for the core group.
    std::string_view group() const {
        const auto slash = group_version.find('/');
        return slash == std::string_view::npos ? std::string_view{} : group_version.substr(0, slash);
    }
};

inline constexpr std::string_view toolhive_group = "toolhive.stacklok.dev";
inline constexpr std::string_view newest_version = "v1beta1";
// The version is the newest that we know; an Api speaks an older one to a server that has only that.
inline constexpr Resource mcp_servers{"toolhive.stacklok.dev/v1beta1", "mcpservers", "MCPServer"};
inline constexpr Resource mcp_groups{"toolhive.stacklok.dev/v1beta1", "mcpgroups", "MCPGroup"};
inline constexpr Resource mcp_remote_proxies{"toolhive.stacklok.dev/v1beta1", "mcpremoteproxies", "MCPRemoteProxy"};
inline constexpr Resource mcp_server_entries{"toolhive.stacklok.dev/v1beta1", "mcpserverentries", "MCPServerEntry"};
/// The kinds that are workloads. Of several objects with one name the first kind is meant.
inline constexpr std::array workload_kinds{mcp_servers, mcp_remote_proxies, mcp_server_entries};
inline constexpr Resource virtual_mcp_servers{"toolhive.stacklok.dev/v1beta1", "virtualmcpservers", "VirtualMCPServer"};
inline constexpr Resource external_auth_configs{"toolhive.stacklok.dev/v1beta1", "mcpexternalauthconfigs",
                                                "MCPExternalAuthConfig"};
inline constexpr Resource stateful_sets{"apps/v1", "statefulsets", "StatefulSet"};
inline constexpr Resource deployments{"apps/v1", "deployments", "Deployment"};
inline constexpr Resource namespaces{"v1", "namespaces", "Namespace"};
inline constexpr Resource pods{"v1", "pods", "Pod"};

/// Where an object is. An empty namespace means all of them (lists and watches only).
struct Place {
    Resource resource;
    std::string name_space;
    std::string name = {};
    std::string subresource = {}; ///< "status", "scale", "log"
};

/// The path of a place below the server's prefix, percent-encoded. `version` is spoken to the toolhive group.
std::string path_of(const Place& place, std::string_view version = newest_version);

/// "MCPServer 'fetch' in namespace 'tools'", or "MCPServer resources in all namespaces": for messages.
std::string describe(const Place& place);

} // namespace thv::cluster
