// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"

#include <fmt/format.h>

#include <string_view>

namespace thv {

/// Fault::not_found for a workload that does not exist.
inline Error unknown_workload(std::string_view name) {
    return Error{Fault::not_found, fmt::format("no workload named '{}'", name)}.hint(
        "run 'thv ls --all' to see every workload");
}

} // namespace thv
