// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Internal to lib/cluster.

#include "cluster/access.hpp"
#include "cluster/place.hpp"
#include "cluster/retry.hpp"
#include "http/client.hpp"
#include "io/task.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace thv::cluster {

using Json = nlohmann::json;

/// One request about a place.
struct Call {
    std::string method = "GET";
    std::string verb = "get"; ///< as roles call it, for messages
    Place place = {};
    std::string query = {}; ///< without '?'
    std::optional<Json> body = {};
    std::string content_type = "application/json"; ///< of the body
    /// For each attempt. A server whose store is away gives up after a minute, too, and would only be asked again.
    Duration deadline = std::chrono::seconds{60};
    std::size_t body_limit = 8U << 20U;
    bool repeatable = true; ///< sending it twice does what sending it once does
};

/// Sends requests to one API server until they have an answer: repeats what the server is too busy for, gets new
/// credentials when they are refused (once), and finds out which version of the toolhive group is spoken when the
/// newest is not. Throws StatusError for refusals.
class Requests {
public:
    explicit Requests(Access access);

    const std::string& name_space() const { return access_.name_space(); }
    /// How messages name the server.
    const std::string& server() const { return server_; }

    /// The body of the answer.
    Task<std::string> send(Call call);
    /// The answer's body as it comes.
    Task<std::unique_ptr<http::Stream>> open(Call call);
    /// A number from 0 to 1.
    double draw();

private:
    /// What has been tried for one call.
    struct Tries {
        Retries retries;
        std::string spoken; ///< the version of the last attempt
        bool renewed = false;
    };
    Task<std::unique_ptr<http::Stream>> attempt(const Call& call);
    /// How long to wait before sending again; throws the refusal when that would change nothing.
    Task<Duration> weigh(http::Stream& refused, const Call& call, Tries& tries);
    Task<std::string> words_of(http::Stream& refused, Duration limit);
    Task<bool> find_version(const Call& call, std::string spoken);
    http::Request request_of(const Call& call) const;
    void connect_where_access_says();

    Access access_;
    std::unique_ptr<http::Client> client_;
    std::string server_;
    std::string version_{newest_version}; ///< of the toolhive group
    bool version_known_ = false;
    std::minstd_rand random_;
};

} // namespace thv::cluster
