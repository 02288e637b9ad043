// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/rollout.hpp"
#include "core/time.hpp"

#include <string>

namespace thv::cluster {

/// The stamp for a restart of the object that is asked for now: RFC 3339 with milliseconds, later than the last one
/// that was asked for or done. The operator ignores one that is not, without a word, so a clock that lags does not
/// decide.
std::string restart_stamp(const Json& object, Time now);

/// How long to wait before a restart is asked for. The operator stamps its own second on the proxy's pod template, so
/// that a second restart within it would change nothing; its clock need not be ours.
Duration restart_pause(const Sighting& seen, Time now);

/// The merge patch that asks the operator for a restart: of a server by annotation, one pod after the other (its other
/// way deletes pods, which its own role forbids it, and then it does nothing for the server any more); of a remote
/// proxy by what its pods are to carry, for there is no other way.
Json restart_patch(const Json& object, const Resource& resource, const std::string& stamp);
/// The merge patch for the server's StatefulSet.
Json restart_pods_patch(const std::string& stamp);

/// Whether the restart of that stamp has been begun everywhere.
bool was_restarted(const Sighting& seen, const std::string& stamp);

} // namespace thv::cluster
