// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/lookup.hpp"

#include <optional>
#include <string>

namespace thv::cluster {

/// The group that an object refers to; empty: none. Old operators' references are plain strings.
std::string group_of(const Json& object);

/// The JSON patch that moves an object from the group it is in to another, none when `to` is empty. It fails when the
/// object is in another group by then.
Json move_patch(const Json& object, const std::string& to);

} // namespace thv::cluster
