// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/access.hpp"
#include "core/error.hpp"
#include "http/client.hpp"
#include "io/task.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thv::cluster {

using Json = nlohmann::json;

/// A kind of resource. `group_version` is "v1" for the core group, else "group/version".
struct Resource {
    std::string_view group_version;
    std::string_view plural;
    std::string_view kind;
};
// The version of the first group is the newest that we know; an Api speaks an older one to a server that has only that.
inline constexpr Resource mcp_servers{"toolhive.stacklok.dev/v1beta1", "mcpservers", "MCPServer"};
inline constexpr Resource mcp_groups{"toolhive.stacklok.dev/v1beta1", "mcpgroups", "MCPGroup"};
inline constexpr Resource mcp_remote_proxies{"toolhive.stacklok.dev/v1beta1", "mcpremoteproxies", "MCPRemoteProxy"};
inline constexpr Resource mcp_server_entries{"toolhive.stacklok.dev/v1beta1", "mcpserverentries", "MCPServerEntry"};
inline constexpr Resource external_auth_configs{"toolhive.stacklok.dev/v1beta1", "mcpexternalauthconfigs",
                                                "MCPExternalAuthConfig"};
inline constexpr Resource stateful_sets{"apps/v1", "statefulsets", "StatefulSet"};
inline constexpr Resource deployments{"apps/v1", "deployments", "Deployment"};
inline constexpr Resource pods{"v1", "pods", "Pod"};

/// Where an object is. An empty namespace means all of them (lists and watches only).
struct Place {
    Resource resource;
    std::string name_space;
    std::string name = {};
    std::string subresource = {}; ///< "status", "scale", "log"
};

/// What an API server answers instead of an object
/// (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/). Its message names verb, resource,
/// fields and managers as the server did; never a value of ours.
class StatusError : public Error {
public:
    struct Cause {
        std::string reason; ///< "FieldValueInvalid", "FieldManagerConflict", …
        std::string field;
        std::string message;
    };
    StatusError(Error error, int code, std::string reason, std::vector<Cause> causes)
        : Error(std::move(error))
        , code_(code)
        , reason_(std::move(reason))
        , causes_(std::move(causes)) {}
    int code() const { return code_; }
    const std::string& reason() const { return reason_; } ///< "NotFound", "AlreadyExists", "Conflict", "Expired", …
    const std::vector<Cause>& causes() const { return causes_; }

private:
    int code_;
    std::string reason_;
    std::vector<Cause> causes_;
};

enum class PatchKind { merge, json, apply };

/// How a write is to be done.
struct WriteOptions {
    std::string manager = std::string{"thv"}; ///< fieldManager
    bool dry_run = false;
    bool force = false;  ///< of a server-side apply only
    bool strict = false; ///< unknown and duplicate fields are errors
};

struct ListOptions {
    std::string label_selector = {};
    std::string field_selector = {};
    int page = 250; ///< objects per request
};

/// One event of a watch.
struct WatchEvent {
    enum class Kind { added, modified, deleted };
    Kind kind = Kind::added;
    Json object;
};

/// The requests to one API server. Throws StatusError for a refusal, Fault::unreachable when it does not answer.
/// Repeats what the server says to repeat (429, 503 with Retry-After), and what came back 401 once with new
/// credentials. Objects come without metadata.managedFields unless asked for. All answers are bounded in size.
class Api {
public:
    explicit Api(Access access);
    ~Api();
    Api(const Api&) = delete;
    Api& operator=(const Api&) = delete;

    /// The namespace that was chosen.
    const std::string& name_space() const;

    Task<Json> get(Place place, bool managed_fields = false);
    /// None when there is no such object. That the resource itself is unknown to the server is an error, which says
    /// what to install.
    Task<std::optional<Json>> find(Place place);
    /// `place.name` is taken from the object.
    Task<Json> create(Place place, Json object, WriteOptions options = {});
    Task<Json> patch(Place place, PatchKind kind, Json body, WriteOptions options = {});
    /// `uid` makes it conditional. Propagation is in the background.
    Task<> remove(Place place, std::string uid = {});

    /// Hands over each object, in the server's order (namespace, name), page by page. Goes on after a page token has
    /// expired (410) without repeating an object. Returns the resource version to watch from.
    Task<std::string> list(Place place, ListOptions options, std::function<void(Json object)> sink);
    /// Hands over what happens after `version`, until the server ends the watch; returns the version to go on from, or
    /// an empty one when that has expired and everything must be listed again.
    Task<std::string> watch(Place place, ListOptions options, std::string version,
                            std::function<void(WatchEvent event)> sink);
    /// The bytes of a log. `query` is everything behind '?'.
    Task<std::unique_ptr<http::Stream>> open_log(Place pod, std::string query);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace thv::cluster
