// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "auth/public_key.hpp"
#include "auth/token.hpp"
#include "core/base64.hpp"
#include "signer.hpp"
#include "support/catch.hpp"

using namespace thv;
using namespace thv::auth;
using namespace thv::test;
using nlohmann::json;

namespace {

bool verified(const std::string& text, const json& keys) {
    const auto token = parse_token(text);
    if (!token) return false;
    const auto known = parse_keys(keys.dump());
    return std::ranges::any_of(known, [&](const PublicKey& key) { return key.verifies(*token); });
}

std::string encoded(const json& part) {
    auto text = base64_encode(part.dump(), true);
    while (text.ends_with('='))
        text.pop_back();
    return text;
}

/// The same token with one character of its part changed.
std::string spoilt(std::string text, std::size_t place) {
    text[place] = text[place] == 'A' ? 'B' : 'A';
    return text;
}

} // namespace

TEST_CASE("tokens of every accepted algorithm verify with their key, and with no other") {
    for (const auto* algorithm : {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"}) {
        INFO(algorithm);
        const Signer signer{algorithm};
        const Signer other{algorithm};
        const auto text = signer.token(good_claims());
        CHECK(verified(text, key_set({signer.jwk()})));
        CHECK_FALSE(verified(text, key_set({other.jwk()})));
        CHECK(verified(text, key_set({other.jwk(), signer.jwk()})));
        CHECK_FALSE(verified(spoilt(text, text.find('.') + 5), key_set({signer.jwk()})));
        CHECK_FALSE(verified(spoilt(text, text.rfind('.') + 5), key_set({signer.jwk()})));
        CHECK_FALSE(verified(text.substr(0, text.size() - 8), key_set({signer.jwk()})));
    }
}

TEST_CASE("algorithms that anybody could sign with are refused before any key is looked at") {
    const Signer signer{"RS256"};
    for (const auto* algorithm : {"none", "None", "HS256", "HS512", "ES256K", "ES512", "RS1", "", "rs256"}) {
        INFO(algorithm);
        const auto text = encoded({{"alg", algorithm}}) + "." + encoded(good_claims()) + ".AAAA";
        CHECK_FALSE(parse_token(text));
    }
    // The public key as the secret of an HMAC, the oldest trick.
    CHECK_FALSE(verified(signer.token(good_claims(), {{"alg", "HS256"}}), key_set({signer.jwk()})));
    // A signature of the key's kind under the name of another one.
    CHECK_FALSE(verified(signer.token(good_claims(), {{"alg", "PS256"}}), key_set({signer.jwk()})));
    CHECK_FALSE(verified(signer.token(good_claims(), {{"alg", "ES256"}}), key_set({signer.jwk()})));
    CHECK_FALSE(verified(signer.token(good_claims(), {{"alg", "RS512"}}), key_set({signer.jwk()})));
}

TEST_CASE("what is no token is refused, whatever it is") {
    const Signer signer{"EdDSA"};
    const auto good = signer.token(good_claims());
    const auto first = good.find('.');
    const auto second = good.rfind('.');
    const std::vector<std::string> cases{
        "",
        ".",
        "..",
        "a.b.c",
        good + ".x",
        good.substr(0, second),
        good.substr(0, second) + ".",
        good.substr(first),
        " " + good,
        good + "\n",
        good + "=",
        good.substr(0, first) + "." + encoded(json::array()) + good.substr(second),
        good.substr(0, first) + "." + encoded("text") + good.substr(second),
        std::string(20'000, 'a') + good,
        signer.token(good_claims(), {{"crit", {"b64"}}}),
        signer.token(good_claims(), {{"typ", "logout+jwt"}}),
        signer.token(good_claims(), {{"typ", "dpop+jwt"}}),
        signer.token(good_claims(), {{"typ", 7}}),
    };
    for (const auto& text : cases) {
        INFO(text.substr(0, 200));
        CHECK_FALSE(parse_token(text));
    }
    for (const auto* type : {"JWT", "jwt", "at+jwt", "application/at+JWT"})
        CHECK(parse_token(signer.token(good_claims(), {{"typ", type}})));
}

TEST_CASE("the issuer's word on what a key is for counts") {
    const Signer signer{"RS256"};
    const auto text = signer.token(good_claims());
    const auto with = [&](const char* name, json value) {
        auto key = signer.jwk();
        key[name] = std::move(value);
        return key_set({key});
    };
    CHECK(verified(text, with("alg", "RS256")));
    CHECK_FALSE(verified(text, with("alg", "RS384")));
    CHECK_FALSE(verified(text, with("alg", "RSA-OAEP")));
    CHECK_FALSE(verified(text, with("use", "enc")));
    CHECK(verified(text, with("key_ops", {"verify"})));
    CHECK_FALSE(verified(text, with("key_ops", {"encrypt"})));
}

TEST_CASE("keys that are weak, broken or of another kind are passed over") {
    const Signer weak{"RS256", "weak", 1024};
    CHECK_FALSE(verified(weak.token(good_claims()), key_set({weak.jwk()})));
    auto off_curve = Signer{"ES256"}.jwk();
    off_curve["y"] = off_curve["x"];
    const Signer good{"ES256", "good"};
    const auto keys = key_set({off_curve,
                               {{"kty", "oct"}, {"k", "AAAA"}},
                               {{"kty", "EC"}, {"crv", "secp256k1"}, {"x", "AA"}, {"y", "AA"}},
                               {{"kty", "RSA"}, {"n", "AQAB"}, {"e", "AQAB"}},
                               {{"kty", "RSA"}, {"n", 7}},
                               "text",
                               good.jwk()});
    const auto usable = parse_keys(keys.dump());
    REQUIRE(usable.size() == 1);
    CHECK(usable.front().id() == "good");
    for (const auto* text : {"", "{}", "[]", R"({"keys":{}})", R"({"keys")"})
        CHECK_THROWS_AS(parse_keys(text), Error);
}

TEST_CASE("claims are judged one by one") {
    struct Case {
        std::string what;
        json change; ///< null members are taken away
        int status;  ///< 200: good
    };
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(thv::now().time_since_epoch()).count();
    const std::vector<Case> cases{
        {"all right", json::object(), 200},
        {"one audience of several", {{"aud", {"x", "thv"}}}, 200},
        {"another audience", {{"aud", "thv2"}}, 401},
        {"other audiences", {{"aud", {"x", "y"}}}, 401},
        {"no audience", {{"aud", nullptr}}, 401},
        {"an audience that is no text", {{"aud", 7}}, 401},
        {"another issuer", {{"iss", "https://issuer.example.evil"}}, 401},
        {"the issuer with a slash", {{"iss", "https://issuer.example/"}}, 401},
        {"no issuer", {{"iss", nullptr}}, 401},
        {"expired within the skew", {{"exp", now - 50}}, 200},
        {"expired", {{"exp", now - 61}}, 401},
        {"expired long ago", {{"exp", 0}}, 401},
        {"expires never", {{"exp", nullptr}}, 401},
        {"expires in words", {{"exp", "tomorrow"}}, 401},
        {"expires out of reach", {{"exp", 1e300}}, 401},
        {"expires with a fraction", {{"exp", static_cast<double>(now) + 5.5}}, 200},
        {"begins within the skew", {{"nbf", now + 50}}, 200},
        {"begins later", {{"nbf", now + 100}}, 401},
        {"begins in words", {{"nbf", "now"}}, 401},
        {"no subject", {{"sub", nullptr}}, 401},
        {"an empty subject", {{"sub", ""}}, 401},
        {"a subject with a line end", {{"sub", "a\nb"}}, 401},
        {"an endless subject", {{"sub", std::string(2000, 's')}}, 401},
        {"no scope", {{"scope", nullptr}}, 403},
        {"a scope that only begins alike", {{"scope", "mcp2 xmcp"}}, 403},
        {"the scope in an array", {{"scope", {"a", "mcp"}}}, 200},
        {"the scope under its other name", {{"scope", nullptr}, {"scp", "mcp"}}, 200},
    };
    const Expectation expected{.issuer = "https://issuer.example", .audience = "thv", .scopes = {"mcp"}};
    for (const auto& [what, change, status] : cases) {
        INFO(what);
        auto claims = good_claims();
        claims.merge_patch(change);
        const auto verdict = judge(claims, expected, thv::now());
        CHECK((verdict ? 200 : verdict.error().status) == status);
        if (verdict) CHECK(verdict->subject == "alice");
    }
}
