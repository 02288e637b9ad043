// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace thv {

/// Lets the system take back the code of this process that is in memory, most of which was needed for the start alone.
/// What runs again is mapped again, from the page cache.
void give_back_code();

} // namespace thv
