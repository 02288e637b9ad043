// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "workload/backend.hpp"

#include <fmt/format.h>

namespace thv {

Error unavailable(std::string_view noun, std::string_view platform) {
    return Error{Fault::unsupported, fmt::format("{} is not available on {}", noun, platform)};
}

} // namespace thv
