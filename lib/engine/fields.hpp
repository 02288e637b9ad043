// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace thv::engine {

/// A field of an engine's answer; null when there is none, or no object.
const nlohmann::json& field(const nlohmann::json& object, const char* name);

/// The same as text; empty for anything else.
std::string text(const nlohmann::json& object, const char* name);

} // namespace thv::engine
