// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace thv::cli {

// Bytes that are not UTF-8 become U+FFFD in all of these.

/// A JSON document for stdout: two-space indent and a newline at its end.
std::string json_text(const nlohmann::ordered_json& document);

/// A JSON document on one line, with a newline at its end.
std::string json_line(const nlohmann::ordered_json& document);

/// A JSON document as YAML, in blocks, as kubectl writes it.
std::string yaml_text(const nlohmann::ordered_json& document);

} // namespace thv::cli
