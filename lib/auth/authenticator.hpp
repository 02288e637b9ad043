// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/task.hpp"

#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thv::auth {

/// Who sent a request, and until when that holds.
struct Identity {
    std::string issuer;
    std::string subject;
    std::chrono::steady_clock::time_point until = std::chrono::steady_clock::time_point::max();
};

/// Why a token is not good enough. The words are for the client and never quote the token.
struct Denial {
    int status = 401;                    ///< 401, 403 for want of a scope, 503 when nobody can tell at the moment
    std::string error = "invalid_token"; ///< RFC 6750, 3.1
    std::string description;
};

using Verdict = std::expected<Identity, Denial>;

/// Judges bearer tokens.
class Authenticator {
public:
    virtual ~Authenticator() = default;

    /// The verdict, when it needs nothing that is not here; otherwise none, and `check` is to be asked.
    virtual std::optional<Verdict> at_once(std::string_view token) = 0;
    /// The verdict, for which the keys of an issuer may be fetched first. Does not throw.
    virtual Task<Verdict> check(std::string token) = 0;

    /// Who issues tokens that are good here (RFC 9728); empty when clients cannot get one by themselves.
    virtual std::vector<std::string> issuers() const = 0;
    /// The scopes that clients should ask for.
    virtual std::vector<std::string> scopes() const = 0;
};

} // namespace thv::auth
