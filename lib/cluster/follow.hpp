// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/api.hpp"
#include "workload/query.hpp"

#include <map>
#include <string>

namespace thv::cluster {

/// Label of the StatefulSets that servers run in.
inline constexpr std::string_view server_label = "toolhive=true";

/// "key=value,…" for the API. Throws Fault::usage for what cannot be a label, so that no value can ask for something
/// else.
std::string selector_of(const std::map<std::string, std::string>& labels);

/// Query::watch: lists each kind and watches it from there, all side by side. A watch that ends goes on where it was,
/// one whose version has expired lists again, and one whose server is away comes back with growing pauses.
Task<> follow(Api& api, Filter filter, ChangeSink sink);

} // namespace thv::cluster
