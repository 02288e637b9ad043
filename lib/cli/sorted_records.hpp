// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/records.hpp"

#include <memory>

namespace thv::cli {

/// Keeps all things until there are no more, and passes them on sorted: numbers by size, then texts by their bytes,
/// what has no such key last. Things that are alike stay in their order. A watch is passed on as it comes.
std::unique_ptr<Records> sorted(std::unique_ptr<Records> target, Path key);

} // namespace thv::cli
