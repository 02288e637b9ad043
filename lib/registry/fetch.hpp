// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/time.hpp"
#include "io/environment.hpp"
#include "io/task.hpp"

#include <string>

namespace thv::registry {

/// How a registry may be asked.
struct Reach {
    Environment environment; ///< which may name a proxy
    bool allow_private = false;
};

/// The body of a 200 over HTTPS, or over HTTP from this machine itself; a few redirections are followed, each checked
/// like the first URL. The address that is connected to is the one that was checked, however the name resolves the
/// next time.
///
/// Throws Fault::usage for a URL that may not be asked, Fault::denied for an address that is not public without
/// `allow_private` and for a registry that wants credentials, Fault::unreachable for anything but a 200,
/// Fault::internal for a body of more than `limit` bytes, Fault::timed_out after `patience`.
Task<std::string> fetch(std::string url, Reach reach, std::size_t limit, Duration patience);

/// Fault::usage for a URL that fetch() would not ask, whatever address it has.
void check_url(const std::string& url);

} // namespace thv::registry
