// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace thv {

/// Has large blocks of memory given back to the system as soon as they are free: the C library keeps tens of MiB for a
/// process that has once needed them. For processes that live long.
void keep_no_free_memory();

/// Lets the system take back the code of this process that is in memory, most of which was needed for the start alone.
/// What runs again is mapped again, from the page cache.
void give_back_code();

} // namespace thv
