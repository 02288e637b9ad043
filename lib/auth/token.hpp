// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "auth/authenticator.hpp"
#include "core/time.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thv::auth {

/// The signatures that are taken (RFC 7518, 3.1; RFC 8037). "none" and the HS* family are not among them: with those,
/// whoever knows a public key could make tokens.
enum class Algorithm : std::uint8_t { rs256, rs384, rs512, ps256, ps384, ps512, es256, es384, eddsa };
std::optional<Algorithm> parse_algorithm(std::string_view name);

/// A signed JSON Web Token (RFC 7519) in its compact form, taken apart. Nothing of it is to be believed before its
/// signature has been verified.
struct Token {
    Algorithm algorithm = Algorithm::rs256;
    std::string key_id; ///< may be empty
    std::string_view signed_text;
    std::string signature;
    nlohmann::ordered_json claims;
};

/// Refuses what is not three parts in base64url, what is no access token by its `typ`, has critical extensions, or an
/// algorithm that is not taken. Views point into `text`. The error is the reason, which quotes nothing.
std::expected<Token, std::string> parse_token(std::string_view text);

/// What the claims of a token must say.
struct Expectation {
    std::string issuer;
    std::string audience;
    std::vector<std::string> scopes = {}; ///< all of them
    std::chrono::seconds skew = std::chrono::seconds{60};
};

/// Judges the claims of a token whose signature was verified. The identity holds until the token expires, skew
/// included.
Verdict judge(const nlohmann::ordered_json& claims, const Expectation& expected, Time now);

} // namespace thv::auth
