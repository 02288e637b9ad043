// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/access.hpp"
#include "cluster/place.hpp"
#include "cluster/status_error.hpp"
#include "http/client.hpp"
#include "io/task.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace thv::cluster {

using Json = nlohmann::json;

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

/// Reads a list page by page.
class Pages;

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
    /// How messages name the server.
    const std::string& server() const;
    /// A number from 0 to 1, to spread what many clients would otherwise do at once.
    double draw();

    Task<Json> get(Place place, bool managed_fields = false);
    /// None when there is no such object. That the resource itself is unknown to the server is an error, which says
    /// what to install.
    Task<std::optional<Json>> find(Place place);
    /// `place.name` is taken from the object.
    Task<Json> create(Place place, Json object, WriteOptions options = {});
    Task<Json> patch(Place place, PatchKind kind, Json body, WriteOptions options = {});
    /// `uid` makes it conditional. Propagation is in the background. `grace`: seconds that a pod has to end, instead of
    /// its own.
    Task<> remove(Place place, std::string uid = {}, std::optional<int> grace = {});

    /// Hands over each object, in the server's order (namespace, name), page by page. Goes on after a page token has
    /// expired (410) without repeating an object. Returns the resource version to watch from.
    Task<std::string> list(Place place, ListOptions options, std::function<void(Json object)> sink);
    /// The same list for a caller who wants to decide when the next page is asked for. Must not outlive this.
    std::unique_ptr<Pages> pages(Place place, ListOptions options);
    /// Hands over what happens after `version`, until the server ends the watch (after some minutes) or the connection
    /// breaks; returns the version to go on from, or an empty one when that has expired and everything must be listed
    /// again. Throws when the watch cannot be opened.
    Task<std::string> watch(Place place, ListOptions options, std::string version,
                            std::function<void(WatchEvent event)> sink);
    /// The bytes of a log. `query` is everything behind '?'.
    Task<std::unique_ptr<http::Stream>> open_log(Place pod, std::string query);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace thv::cluster
