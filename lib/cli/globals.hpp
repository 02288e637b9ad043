// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace thv::cli {

/// What holds for every command.
struct Globals {
    bool debug = false; ///< --debug
};

} // namespace thv::cli
