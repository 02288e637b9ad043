// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/api.hpp"
#include "workload/update.hpp"

namespace thv::cluster {

/// MCPServers by server-side apply: what an update leaves out of what thv has set vanishes, what others have set stays.
/// One that is stopped is changed and stays stopped.
class Update : public thv::Update {
public:
    /// Keeps a reference.
    explicit Update(Api& api)
        : api_(api) {}

    Task<std::string> replace(RunConfig next, bool force, Waiting waiting) override;

private:
    Task<Json> adopt(Place place);
    Task<Json> apply(Place place, Json manifest, bool force);
    Task<> renew_url(Place place, Json object);

    Api& api_;
};

/// Whether a server's URL is not the one of its port and protocol: the operator writes it once and never again.
bool has_stale_url(const Json& server);

} // namespace thv::cluster
