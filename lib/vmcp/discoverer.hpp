// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "vmcp/auth.hpp"
#include "workload/grouping.hpp"
#include "workload/query.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thv::vmcp {

enum class Health { healthy, degraded, unhealthy, unauthenticated, unknown };
std::string_view to_string(Health health);
Health health_of(State state);

/// A server behind a virtual MCP server.
struct Backend {
    std::string id;
    std::string name;
    std::string base_url;
    std::string transport; ///< how clients reach it: "streamable-http" or "sse"
    Health health = Health::unknown;
    std::map<std::string, std::string> metadata;
    std::optional<Strategy> auth; ///< none: nothing is sent
};

/// What became of the members of a group.
struct Discovery {
    std::vector<Backend> backends; ///< sorted by name
    std::vector<Outcome> failed;   ///< members that cannot be backends, and why
};

/// Turns a group into backends, on either platform, with one listing.
class Discoverer {
public:
    /// `auths` is null on a platform that has none; `config` is none where nothing was configured.
    Discoverer(Query& query, Grouping& grouping, OutgoingAuths* auths, std::optional<AuthConfig> config)
        : query_(query)
        , grouping_(grouping)
        , auths_(auths)
        , config_(std::move(config)) {}

    /// Fault::not_found when there is no such group; a group without members is none of an error.
    Task<Discovery> discover(GroupName group);

private:
    Query& query_;
    Grouping& grouping_;
    OutgoingAuths* auths_;
    std::optional<AuthConfig> config_;
};

} // namespace thv::vmcp
