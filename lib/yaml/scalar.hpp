// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Internal to lib/yaml.

#include <nlohmann/json.hpp>

#include <optional>
#include <string_view>

namespace thv::yaml {

/// What a plain scalar is; none for a number that JSON cannot hold.
std::optional<nlohmann::ordered_json> resolve(std::string_view plain);

/// Whether some reader of YAML 1.1 or 1.2 would take the plain scalar for anything but a string.
bool ambiguous(std::string_view plain);

/// Well-formed UTF-8 (Unicode 15, table 3-7).
bool is_utf8(std::string_view text);

} // namespace thv::yaml
