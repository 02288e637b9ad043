// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace thv::cluster {

using Json = nlohmann::json;
/// The keys that lead to a field, outermost first.
using Path = std::initializer_list<std::string_view>;

// Fields of objects as a cluster hands them out. Old and foreign servers are read too: what has another type than
// asked for counts as absent.

/// The value at the end of the path, or null.
const Json* value_at(const Json& object, Path path);
/// Empty when absent.
std::string text_at(const Json& object, Path path);
std::optional<long long> integer_at(const Json& object, Path path);
/// The elements of an array; none when absent.
const Json::array_t& elements_at(const Json& object, Path path);
/// The fields of an object whose values are text.
std::map<std::string, std::string> table_at(const Json& object, Path path);

} // namespace thv::cluster
