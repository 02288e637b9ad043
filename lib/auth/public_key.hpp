// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "auth/token.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

using EVP_PKEY = struct evp_pkey_st;

namespace thv::auth {

/// One public key of an issuer.
class PublicKey {
public:
    PublicKey(std::string id, std::vector<Algorithm> algorithms, std::shared_ptr<EVP_PKEY> key)
        : id_(std::move(id))
        , algorithms_(std::move(algorithms))
        , key_(std::move(key)) {}

    const std::string& id() const { return id_; } ///< may be empty
    bool suits(Algorithm algorithm) const;
    /// Whether the signature is this key's for the text. False also for a malformed one.
    bool verifies(const Token& token) const;

private:
    std::string id_;
    std::vector<Algorithm> algorithms_; ///< what the key's kind, and the issuer, allow
    std::shared_ptr<EVP_PKEY> key_;
};

/// The usable keys of a JSON Web Key Set (RFC 7517): RSA of 2048 to 8192 bits, P-256, P-384 and Ed25519, meant for
/// signatures. Others are passed over, for issuers publish keys for other uses, too. Throws an Error for a text that is
/// no key set.
std::vector<PublicKey> parse_keys(std::string_view text);

} // namespace thv::auth
