// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/api.hpp"
#include "cluster/rollout.hpp"
#include "io/task.hpp"

#include <optional>
#include <string>

namespace thv::cluster {

/// The field manager of everything but the specification: an update must neither undo a stop nor own it.
inline constexpr std::string_view scale_manager = "thv-scale";

/// How many pods a workload has when it runs.
struct Counts {
    long long proxy = 1;
    long long server = 1;
};

/// The counts to start it with: what runs now, else what was remembered when it was stopped, else what the object
/// asks for, else one each.
Counts running_counts(const Sighting& seen);

/// Nothing of it is to run.
bool is_stopped(const Sighting& seen);

/// The merge patch that stops the proxy and remembers the counts; none when it is stopped and they are remembered.
std::optional<Json> stop_patch(const Sighting& seen);
/// The merge patch that starts the proxy and forgets them; none when it is to run already.
std::optional<Json> start_patch(const Sighting& seen);
/// Whether a stop of ours holds the object's replicas at zero.
bool remembers_counts(const Json& object);

/// Makes the server's StatefulSet have that many pods. One that is not there is a success.
Task<> scale_server(Api& api, std::string name, long long replicas);

} // namespace thv::cluster
