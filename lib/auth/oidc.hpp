// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "auth/issuer_keys.hpp"

#include <memory>

namespace thv::auth {

struct OidcOptions {
    Expectation expected;
    IssuerKeys::Options keys;             ///< `issuer` is that of `expected`
    std::vector<std::string> scopes = {}; ///< what clients are told to ask for
    std::size_t remembered = 10'000;      ///< tokens whose verdict is kept for a minute
};

/// Takes the tokens of one OpenID Connect issuer: JWTs that its keys have signed and whose claims are as expected.
std::shared_ptr<Authenticator> make_oidc(const asio::any_io_executor& executor, OidcOptions options, Fetch fetch);

} // namespace thv::auth
