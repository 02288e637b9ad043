// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/run_config.hpp"

namespace thv {

/// Has to_json() write what a new run config always says, although it is a default: a `document` that is not empty
/// counts as one that was read, and what that left out is left out again.
void say_defaults(RunConfig& config);

} // namespace thv
