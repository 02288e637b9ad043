// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/lookup.hpp"

#include <optional>
#include <string>

namespace thv::cluster {

/// What keeps a pod from running, and whether waiting cannot help.
struct Trouble {
    std::string why; ///< one line
    bool for_good = false;
};
/// None for a pod that runs or is about to.
std::optional<Trouble> trouble_of(const Json& pod);

/// It serves.
bool is_ready(const Json& pod);
/// It runs no more and never will: only its record is left.
bool has_ended(const Json& pod);
/// Has a container of that name.
bool has_container(const Json& pod, std::string_view name);

} // namespace thv::cluster
