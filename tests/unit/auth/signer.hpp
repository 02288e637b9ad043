// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <memory>
#include <string>

using EVP_PKEY = struct evp_pkey_st;

namespace thv::test {

/// A key pair of an issuer, made for one test.
class Signer {
public:
    /// "RS256", "PS384", "ES256", "EdDSA" and so on; `bits` are of an RSA key.
    explicit Signer(std::string algorithm, std::string id = "k1", unsigned bits = 2048);

    const std::string& id() const { return id_; }
    /// The public key as an issuer publishes it.
    nlohmann::json jwk() const;
    /// A token with these claims; members of `header` come on top of alg, kid and typ.
    std::string token(const nlohmann::json& claims, const nlohmann::json& header = nlohmann::json::object()) const;
    std::string sign(const std::string& text) const;

private:
    std::string algorithm_;
    std::string id_;
    std::shared_ptr<EVP_PKEY> key_;
};

nlohmann::json key_set(std::initializer_list<nlohmann::json> keys);

/// Claims that are all right for the issuer "https://issuer.example" and the audience "thv", for an hour.
nlohmann::json good_claims();

} // namespace thv::test
