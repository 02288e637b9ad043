// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "auth/oidc.hpp"
#include "core/error.hpp"
#include "io/deadline.hpp"
#include "signer.hpp"
#include "support/catch.hpp"
#include "support/drive.hpp"

#include <boost/asio/detached.hpp>

#include <map>

using namespace thv;
using namespace thv::auth;
using namespace thv::test;
using namespace std::chrono_literals;

namespace {

/// An issuer whose documents a test sets.
struct Issuer {
    std::map<std::string, std::string> documents;
    int fetches = 0;
    Duration delay = Duration::zero();

    void publish(std::initializer_list<nlohmann::json> keys) {
        documents["https://issuer.example/.well-known/openid-configuration"] =
            R"({"issuer":"https://issuer.example","jwks_uri":"https://keys.example/jwks"})";
        documents["https://keys.example/jwks"] = key_set(keys).dump();
    }
    static Task<std::string> read(Issuer& from, std::string url) {
        ++from.fetches;
        co_await sleep_for(from.delay);
        const auto found = from.documents.find(url);
        if (found == from.documents.end()) throw Error{Fault::unreachable, "nothing at " + url};
        co_return found->second;
    }
};

struct World {
    explicit World(Duration pause = 10s, Duration fresh = 5min) {
        OidcOptions options;
        options.expected = {.issuer = "https://issuer.example", .audience = "thv"};
        options.keys = {.issuer = "https://issuer.example", .pause = pause, .fresh = fresh};
        oidc = make_oidc(context.get_executor(), options,
                         [this](std::string url) { return Issuer::read(issuer, std::move(url)); });
    }
    /// 200, or the status of the denial.
    int ask(const std::string& token) {
        if (const auto known = oidc->at_once(token)) return *known ? 200 : known->error().status;
        const auto verdict = drive(context, oidc->check(token));
        return verdict ? 200 : verdict.error().status;
    }

    asio::io_context context{1};
    Issuer issuer;
    std::shared_ptr<Authenticator> oidc;
};

} // namespace

TEST_CASE("the keys are found by discovery, once, and a known token needs nothing more") {
    World world;
    const Signer signer{"ES256"};
    world.issuer.publish({signer.jwk()});
    const auto token = signer.token(good_claims());
    CHECK_FALSE(world.oidc->at_once(token).has_value());
    CHECK(world.ask(token) == 200);
    CHECK(world.issuer.fetches == 2);
    const auto again = world.oidc->at_once(token);
    REQUIRE(again.has_value());
    CHECK((*again)->subject == "alice");
    CHECK((*again)->issuer == "https://issuer.example");
    auto other = good_claims();
    other["sub"] = "bob";
    CHECK(world.ask(signer.token(other)) == 200);
    CHECK(world.issuer.fetches == 2);
}

TEST_CASE("a key that is new is looked for, and a withdrawn one is not taken any more") {
    World world{0s};
    const Signer old{"ES256", "old"};
    const Signer next{"ES256", "next"};
    world.issuer.publish({old.jwk()});
    CHECK(world.ask(old.token(good_claims())) == 200);
    world.issuer.publish({next.jwk()});
    CHECK(world.ask(next.token(good_claims())) == 200);
    auto later = good_claims();
    later["jti"] = "another token, not one that is remembered";
    CHECK(world.ask(old.token(later)) == 401);
}

TEST_CASE("tokens with invented keys do not make a storm of fetches") {
    World world{10s};
    const Signer signer{"ES256"};
    world.issuer.publish({signer.jwk()});
    CHECK(world.ask(signer.token(good_claims())) == 200);
    const auto before = world.issuer.fetches;
    for (int i = 0; i < 50; ++i)
        CHECK(world.ask(Signer{"EdDSA", "invented" + std::to_string(i)}.token(good_claims())) == 401);
    CHECK(world.issuer.fetches == before);
    CHECK(world.ask(signer.token(good_claims())) == 200);
}

TEST_CASE("many clients at once wait for one fetch") {
    World world;
    const Signer signer{"ES256"};
    world.issuer.publish({signer.jwk()});
    world.issuer.delay = 20ms;
    const auto token = signer.token(good_claims());
    int good = 0;
    for (int i = 0; i < 20; ++i)
        asio::co_spawn(world.context, world.oidc->check(token),
                       [&](const std::exception_ptr&, const Verdict& verdict) { good += verdict ? 1 : 0; });
    world.context.run();
    CHECK(good == 20);
    CHECK(world.issuer.fetches == 2);
}

TEST_CASE("without keys nobody is let in, and nobody is called a liar") {
    World world{0s};
    const Signer signer{"ES256"};
    const auto token = signer.token(good_claims());
    CHECK(world.ask(token) == 503);
    world.issuer.publish({});
    CHECK(world.ask(token) == 503);
    world.issuer.publish({signer.jwk()});
    CHECK(world.ask(token) == 200);
}

TEST_CASE("keys that cannot be renewed stay good for a while") {
    World world{0s, 0s};
    const Signer signer{"ES256"};
    world.issuer.publish({signer.jwk()});
    CHECK(world.ask(signer.token(good_claims())) == 200);
    world.issuer.documents.clear();
    auto other = good_claims();
    other["sub"] = "bob";
    CHECK(world.ask(signer.token(other)) == 200);
}

TEST_CASE("a discovery document that speaks for another issuer is not believed") {
    World world{0s};
    const Signer signer{"ES256"};
    world.issuer.publish({signer.jwk()});
    world.issuer.documents["https://issuer.example/.well-known/openid-configuration"] =
        R"({"issuer":"https://other.example","jwks_uri":"https://keys.example/jwks"})";
    CHECK(world.ask(signer.token(good_claims())) == 503);
}
