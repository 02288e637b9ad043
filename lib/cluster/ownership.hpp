// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/lookup.hpp"

#include <string_view>

namespace thv::cluster {

/// The JSON patch that makes what `manager` has written by requests of other kinds its own of server-side apply; null
/// when there is nothing of that sort. Without it, fields that are left out of a later apply would stay for ever. The
/// object must come with its managed fields; the patch holds only while nobody else writes it.
/// (https://kubernetes.io/docs/reference/using-api/server-side-apply/#transferring-ownership)
Json adoption_patch(const Json& object, std::string_view manager);

} // namespace thv::cluster
