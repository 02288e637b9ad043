// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "registry/entry.hpp"
#include "registry/fetch.hpp"

#include <string>

namespace thv::registry {

/// Every page of a registry's API (GET /v0.1/servers) with the latest version of each server, for a query or (empty)
/// all. Ends with Fault::internal at a cursor that was there before, at too many pages, and at too many bytes; with
/// Fault::timed_out after a minute.
Task<Catalogue> read_api(std::string base, std::string query, Reach reach);

/// Whether there is such an API: the answer of its first page, which may take five seconds.
Task<bool> is_api(std::string base, Reach reach);

} // namespace thv::registry
