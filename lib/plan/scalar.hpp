// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Internal to lib/plan.

#include <nlohmann/json.hpp>

#include <string>

namespace thv::plan {

/// A text or a number as it is written, for what has a grammar of its own ("512m", 0.5); empty for anything else.
inline std::string written(const nlohmann::ordered_json& value) {
    return value.is_string() ? value.get<std::string>() : value.is_number() ? value.dump() : std::string{};
}

} // namespace thv::plan
