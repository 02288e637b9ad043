// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace thv::cli {

/// That an option cannot have this value: "invalid value 'x' for --y: why".
Error bad_value(std::string_view value, std::string_view option, std::string_view why);

/// Of true, 1, false and 0; throws Fault::usage for anything else.
bool parse_bool(std::string_view value, std::string_view option);

/// Throws Fault::usage, with a suggestion, for a value that is none of the choices. No choices: any value will do.
void check_choice(std::string_view value, std::string_view option, const std::vector<std::string>& choices);

} // namespace thv::cli
