// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/run_config.hpp"

#include <string>
#include <string_view>

namespace thv {

/// What a permission profile lets out: everything, nothing, or what it lists.
enum class Outbound { everything, nothing, listed };
Outbound outbound_of(const PermissionProfile& profile);

/// A mount declaration of a permission profile: "/path" or "/host:/container".
Result<Mount> parse_mount_declaration(std::string_view text, bool read_only);

/// The mount as a run config's volume: "src:dst[:ro]".
std::string declared_volume(const Mount& mount);

} // namespace thv
