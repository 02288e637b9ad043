// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/lookup.hpp"
#include "cluster/place.hpp"
#include "core/error.hpp"

#include <optional>
#include <string>
#include <vector>

namespace thv::cluster {

// Whether what runs is what an object asks for. Decided from the operator's word and from the controllers' own: the
// operator calls a server ready whose pods it has not looked at.

/// A workload with everything that runs for it, as it was seen.
struct Sighting {
    Resource resource;
    Json object;       ///< null: it is gone
    Json deployment;   ///< of the proxy; null: there is none
    Json stateful_set; ///< of the server; null: there is none
    std::vector<Json> proxy_pods;
    std::vector<Json> server_pods;

    /// Has a server of its own.
    bool has_server() const { return resource.plural == mcp_servers.plural; }
};

struct Verdict {
    enum class Kind { waiting, reached, failed };
    Kind kind = Kind::waiting;
    std::string why;               ///< what is waited for, or what has failed, in one line
    Fault fault = Fault::internal; ///< of what has failed
};

/// Whether everything runs as the object says: the operator has seen it, and proxy and server are ready in the newest
/// form, with no pod of a former one left to answer.
Verdict serving(const Sighting& seen);
/// The same after a restart that was asked for with this stamp.
Verdict restarted(const Sighting& seen, const std::string& stamp);
/// Whether nothing runs any more.
Verdict stopped(const Sighting& seen);

/// Server pods of a former form that are not ready. Kubernetes replaces none of them: an ordered StatefulSet waits
/// until the broken pod is ready
/// (https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback).
std::vector<Json> stuck_pods(const Sighting& seen);

} // namespace thv::cluster
