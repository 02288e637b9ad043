// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/workload.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace thv::cluster {

using Json = nlohmann::json;

/// What an MCPServer, MCPRemoteProxy or MCPServerEntry (of v1beta1 or v1alpha1, today's or an old operator's) says of
/// its workload. `kind` is the object's, which elements of lists need not tell. Nothing is trusted: a field of a wrong
/// type counts as absent. None for an object without a name.
std::optional<Workload> workload_from(const Json& object, const std::string& kind);

/// How many pods a StatefulSet has and should have.
PodCount pods_of(const Json& stateful_set);

/// The same workload in the light of the pods of its server, of which the operator knows nothing but that they are
/// wanted: it calls a server ready whose pods are not. Only for an MCPServer; anything else is returned as it is.
Workload with_backend(Workload workload, PodCount backend);

} // namespace thv::cluster
