// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace thv::http {

/// An absolute URL with a host (RFC 3986).
struct Url {
    std::string scheme; ///< in lower case
    std::string user;   ///< percent-decoded, as is the password
    std::string password;
    bool has_user = false;
    std::string host;       ///< an IPv6 address without its brackets
    std::uint16_t port = 0; ///< 0: none is given
    std::string path;       ///< "" or from its '/'; percent-encoded as it was
    std::string query;      ///< behind '?'
};

/// The error is Fault::usage and says what is wrong, but does not quote the text, which may hold a password.
Result<Url> parse_url(std::string_view text);

} // namespace thv::http
