// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "signer.hpp"

#include "core/base64.hpp"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <chrono>
#include <stdexcept>
#include <vector>

namespace thv::test {

namespace {

std::string url_safe(const std::string& bytes) {
    auto text = base64_encode(bytes, true);
    while (text.ends_with('='))
        text.pop_back();
    return text;
}

void require(bool done) {
    if (!done) throw std::runtime_error{"OpenSSL does not do what a test needs"};
}

std::string number_of(EVP_PKEY* key, const char* name, int size) {
    BIGNUM* number = nullptr;
    require(EVP_PKEY_get_bn_param(key, name, &number) == 1);
    std::string bytes(static_cast<std::size_t>(size == 0 ? BN_num_bytes(number) : size), '\0');
    BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    BN_free(number);
    return bytes;
}

const EVP_MD* digest(const std::string& algorithm) {
    if (algorithm == "EdDSA") return nullptr;
    if (algorithm.ends_with("256")) return EVP_sha256();
    return algorithm.ends_with("384") ? EVP_sha384() : EVP_sha512();
}

/// The two numbers of a DER signature, padded to the size of the curve.
std::string raw_pair(const std::string& der, int size) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    auto* pair = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
    require(pair != nullptr);
    std::string raw(static_cast<std::size_t>(2 * size), '\0');
    auto* out = reinterpret_cast<unsigned char*>(raw.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(pair), out, size);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair), out + size, size);
    ECDSA_SIG_free(pair);
    return raw;
}

} // namespace

Signer::Signer(std::string algorithm, std::string id, unsigned bits)
    : algorithm_(std::move(algorithm))
    , id_(std::move(id)) {
    EVP_PKEY* key = nullptr;
    if (algorithm_ == "ES256") key = EVP_EC_gen("P-256");
    if (algorithm_ == "ES384") key = EVP_EC_gen("P-384");
    if (algorithm_ == "EdDSA") key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    if (key == nullptr) key = EVP_RSA_gen(bits);
    require(key != nullptr);
    key_ = {key, EVP_PKEY_free};
}

nlohmann::json Signer::jwk() const {
    auto* key = key_.get();
    nlohmann::json jwk{{"kid", id_}, {"use", "sig"}};
    if (algorithm_.starts_with("ES")) {
        const int size = algorithm_ == "ES256" ? 32 : 48;
        jwk.update({{"kty", "EC"}, {"crv", algorithm_ == "ES256" ? "P-256" : "P-384"}});
        jwk["x"] = url_safe(number_of(key, OSSL_PKEY_PARAM_EC_PUB_X, size));
        jwk["y"] = url_safe(number_of(key, OSSL_PKEY_PARAM_EC_PUB_Y, size));
    } else if (algorithm_ == "EdDSA") {
        std::string raw(32, '\0');
        std::size_t size = raw.size();
        require(EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(raw.data()), &size) == 1);
        jwk.update({{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", url_safe(raw)}});
    } else {
        jwk.update({{"kty", "RSA"}, {"n", url_safe(number_of(key, OSSL_PKEY_PARAM_RSA_N, 0))}});
        jwk["e"] = url_safe(number_of(key, OSSL_PKEY_PARAM_RSA_E, 0));
    }
    return jwk;
}

std::string Signer::sign(const std::string& text) const {
    auto* context = EVP_MD_CTX_new();
    EVP_PKEY_CTX* details = nullptr;
    require(EVP_DigestSignInit(context, &details, digest(algorithm_), nullptr, key_.get()) == 1);
    if (algorithm_.starts_with("PS")) {
        require(EVP_PKEY_CTX_set_rsa_padding(details, RSA_PKCS1_PSS_PADDING) == 1);
        require(EVP_PKEY_CTX_set_rsa_pss_saltlen(details, RSA_PSS_SALTLEN_DIGEST) == 1);
    }
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t size = 0;
    require(EVP_DigestSign(context, nullptr, &size, bytes, text.size()) == 1);
    std::string signature(size, '\0');
    require(EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size, bytes, text.size()) ==
            1);
    EVP_MD_CTX_free(context);
    signature.resize(size);
    if (algorithm_ == "ES256") return raw_pair(signature, 32);
    if (algorithm_ == "ES384") return raw_pair(signature, 48);
    return signature;
}

std::string Signer::token(const nlohmann::json& claims, const nlohmann::json& header) const {
    nlohmann::json head{{"alg", algorithm_}, {"kid", id_}, {"typ", "JWT"}};
    head.update(header);
    const auto text = url_safe(head.dump()) + "." + url_safe(claims.dump());
    return text + "." + url_safe(sign(text));
}

nlohmann::json key_set(std::initializer_list<nlohmann::json> keys) {
    auto list = nlohmann::json::array();
    for (const auto& key : keys)
        list.push_back(key);
    return {{"keys", list}};
}

nlohmann::json good_claims() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count();
    return {{"iss", "https://issuer.example"}, {"aud", "thv"},          {"sub", "alice"},
            {"exp", seconds + 3600},           {"scope", "openid mcp"}, {"iat", seconds}};
}

} // namespace thv::test
