// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "registry/entry.hpp"

#include <string_view>
#include <vector>

namespace thv::registry {

/// The entries that have every word of a query in their name, title, description, tags or tools, whatever the case: the
/// best first (the name itself, names with the words, then the others), by name among equals. An empty query finds
/// everything.
std::vector<Entry> search(std::vector<Entry> entries, std::string_view query);

} // namespace thv::registry
