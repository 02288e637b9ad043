// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "http/message.hpp"
#include "io/environment.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace thv::http {

/// Where one resource is: the server, and path and query.
struct Address {
    Endpoint endpoint;
    std::string target = "/";
};

/// The parts of "http[s]://host[:port][/path][?query][#fragment]"; the fragment is dropped. Fault::usage for anything
/// else, also for a URL with a user name, which would send a password to whoever reads logs; does not quote the URL.
Result<Address> parse_address(std::string_view url);

/// The same with what TLS needs of this machine: trust in the certificates of `ca_file` (PEM; none: the system's
/// authorities) and the proxy that the environment wants. Throws Fault::usage for a file that cannot be used.
Address reach(std::string_view url, const std::optional<std::string>& ca_file, const Environment& environment);

/// Where a reference (RFC 3986, 5.2) in an answer of `base` leads, as long as that is the same server; none otherwise,
/// and for what is no reference.
std::optional<Address> resolve(const Address& base, std::string_view reference);

} // namespace thv::http
