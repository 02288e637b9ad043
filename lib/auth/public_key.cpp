// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "auth/public_key.hpp"

#include "core/base64.hpp"
#include "core/json.hpp"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <optional>
#include <tuple>

namespace thv::auth {

namespace {

using nlohmann::ordered_json;
using Key = std::shared_ptr<EVP_PKEY>;

constexpr std::size_t most_keys = 100;
constexpr int least_rsa_bits = 2048;
constexpr int most_rsa_bits = 8192; // a verification of more takes longer than a client may cost

struct Free {
    void operator()(BIGNUM* number) const { BN_free(number); }
    void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
    void operator()(OSSL_PARAM* params) const { OSSL_PARAM_free(params); }
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

Owned<BIGNUM> number(std::string_view bytes) {
    return Owned<BIGNUM>{BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr)};
}

std::optional<std::string> text_member(const ordered_json& key, std::string_view name) {
    const auto found = key.find(name);
    if (found == key.end() || !found->is_string()) return std::nullopt;
    return found->get<std::string>();
}

std::string bytes_member(const ordered_json& key, std::string_view name) {
    const auto text = text_member(key, name);
    const auto bytes = text ? base64_decode(*text) : std::nullopt;
    return bytes && bytes->size() <= 2048 ? *bytes : std::string{};
}

Key made(const char* kind, OSSL_PARAM_BLD* builder) {
    const Owned<OSSL_PARAM> params{OSSL_PARAM_BLD_to_param(builder)};
    const Owned<EVP_PKEY_CTX> context{EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr)};
    EVP_PKEY* key = nullptr;
    if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
        return nullptr;
    return Key{key, EVP_PKEY_free};
}

Key rsa_key(const ordered_json& key) {
    const auto modulus = number(bytes_member(key, "n"));
    const auto exponent = number(bytes_member(key, "e"));
    const Owned<OSSL_PARAM_BLD> builder{OSSL_PARAM_BLD_new()};
    if (!modulus || !exponent || !builder) return nullptr;
    const auto bits = BN_num_bits(modulus.get());
    const bool sound = bits >= least_rsa_bits && bits <= most_rsa_bits && BN_is_odd(exponent.get()) == 1 &&
                       BN_num_bits(exponent.get()) >= 2 && BN_num_bits(exponent.get()) <= 64;
    if (!sound || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1)
        return nullptr;
    return made("RSA", builder.get());
}

Key ec_key(const ordered_json& key, const char* curve, std::size_t size) {
    const auto x = bytes_member(key, "x");
    const auto y = bytes_member(key, "y");
    if (x.size() != size || y.size() != size) return nullptr;
    const auto point = "\x04" + x + y;
    const Owned<OSSL_PARAM_BLD> builder{OSSL_PARAM_BLD_new()};
    if (!builder || OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve, 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
        return nullptr;
    auto result = made("EC", builder.get());
    if (!result) return nullptr;
    const Owned<EVP_PKEY_CTX> check{EVP_PKEY_CTX_new_from_pkey(nullptr, result.get(), nullptr)};
    return check && EVP_PKEY_public_check(check.get()) == 1 ? result : nullptr;
}

Key edwards_key(const ordered_json& key) {
    const auto x = bytes_member(key, "x");
    if (x.size() != 32) return nullptr;
    return Key{EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(x), x.size()), EVP_PKEY_free};
}

struct Kind {
    Key key;
    std::vector<Algorithm> algorithms;
};

Kind kind_of(const ordered_json& key) {
    using enum Algorithm;
    const auto type = text_member(key, "kty").value_or("");
    const auto curve = text_member(key, "crv").value_or("");
    if (type == "RSA") return {rsa_key(key), {rs256, rs384, rs512, ps256, ps384, ps512}};
    if (type == "EC" && curve == "P-256") return {ec_key(key, "P-256", 32), {es256}};
    if (type == "EC" && curve == "P-384") return {ec_key(key, "P-384", 48), {es384}};
    if (type == "OKP" && curve == "Ed25519") return {edwards_key(key), {eddsa}};
    return {};
}

bool for_signatures(const ordered_json& key) {
    if (text_member(key, "use").value_or("sig") != "sig") return false;
    const auto operations = key.find("key_ops");
    if (operations == key.end()) return true;
    return operations->is_array() &&
           std::ranges::any_of(*operations, [](const auto& item) { return item == "verify"; });
}

std::optional<PublicKey> parse_key(const ordered_json& key) {
    if (!key.is_object() || !for_signatures(key)) return std::nullopt;
    auto kind = kind_of(key);
    if (!kind.key) return std::nullopt;
    if (const auto name = text_member(key, "alg")) {
        const auto only = parse_algorithm(*name);
        if (!only || std::ranges::find(kind.algorithms, *only) == kind.algorithms.end()) return std::nullopt;
        kind.algorithms = {*only};
    }
    return PublicKey{text_member(key, "kid").value_or(""), std::move(kind.algorithms), std::move(kind.key)};
}

const EVP_MD* digest_of(Algorithm algorithm) {
    using enum Algorithm;
    if (algorithm == eddsa) return nullptr;
    if (algorithm == rs256 || algorithm == ps256 || algorithm == es256) return EVP_sha256();
    if (algorithm == rs384 || algorithm == ps384 || algorithm == es384) return EVP_sha384();
    return EVP_sha512();
}

/// The DER form that OpenSSL wants of the two numbers that a token has; empty when they are not that.
std::string ecdsa_der(std::string_view signature, std::size_t size) {
    if (signature.size() != 2 * size) return {};
    const Owned<ECDSA_SIG> pair{ECDSA_SIG_new()};
    auto r = number(signature.substr(0, size));
    auto s = number(signature.substr(size));
    if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return {};
    std::ignore = r.release(); // they belong to the pair now
    std::ignore = s.release();
    unsigned char* der = nullptr;
    const int length = i2d_ECDSA_SIG(pair.get(), &der);
    if (length <= 0) return {};
    std::string result{reinterpret_cast<const char*>(der), static_cast<std::size_t>(length)};
    OPENSSL_free(der);
    return result;
}

bool is_pss(Algorithm algorithm) {
    return algorithm == Algorithm::ps256 || algorithm == Algorithm::ps384 || algorithm == Algorithm::ps512;
}

} // namespace

bool PublicKey::suits(Algorithm algorithm) const {
    return std::ranges::find(algorithms_, algorithm) != algorithms_.end();
}

bool PublicKey::verifies(const Token& token) const {
    if (!suits(token.algorithm)) return false;
    auto signature = token.signature;
    if (token.algorithm == Algorithm::es256) signature = ecdsa_der(signature, 32);
    if (token.algorithm == Algorithm::es384) signature = ecdsa_der(signature, 48);
    const Owned<EVP_MD_CTX> context{EVP_MD_CTX_new()};
    EVP_PKEY_CTX* details = nullptr;
    bool good = context && !signature.empty() &&
                EVP_DigestVerifyInit(context.get(), &details, digest_of(token.algorithm), nullptr, key_.get()) == 1;
    if (good && is_pss(token.algorithm))
        good = EVP_PKEY_CTX_set_rsa_padding(details, RSA_PKCS1_PSS_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(details, RSA_PSS_SALTLEN_DIGEST) == 1;
    good = good && EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(token.signed_text),
                                    token.signed_text.size()) == 1;
    ERR_clear_error();
    return good;
}

std::vector<PublicKey> parse_keys(std::string_view text) {
    const auto document = parse_json(text, "the issuer's key set");
    const auto keys = document.is_object() ? document.find("keys") : document.end();
    if (!document.is_object() || keys == document.end() || !keys->is_array())
        throw Error{Fault::internal, "the issuer's key set holds no 'keys'"};
    std::vector<PublicKey> usable;
    for (const auto& key : *keys) {
        if (usable.size() == most_keys) break;
        if (auto parsed = parse_key(key)) usable.push_back(*std::move(parsed));
    }
    ERR_clear_error();
    return usable;
}

} // namespace thv::auth
