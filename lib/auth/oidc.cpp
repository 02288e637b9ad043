// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "auth/oidc.hpp"

#include "auth/digest.hpp"

#include <unordered_map>

namespace thv::auth {

namespace {

using Clock = std::chrono::steady_clock;

/// No longer than a key that was withdrawn may go on to be good.
constexpr auto memory_span = std::chrono::minutes{1};

class Oidc final : public Authenticator, public std::enable_shared_from_this<Oidc> {
public:
    Oidc(const asio::any_io_executor& executor, OidcOptions options, Fetch fetch)
        : options_(std::move(options))
        , keys_(executor, options_.keys, std::move(fetch)) {}

    std::optional<Verdict> at_once(std::string_view text) override;
    Task<Verdict> check(std::string text) override { return check(shared_from_this(), std::move(text)); }
    std::vector<std::string> issuers() const override { return {options_.expected.issuer}; }
    std::vector<std::string> scopes() const override { return options_.scopes; }

private:
    struct Remembered {
        Identity identity;
        Clock::time_point until;
    };

    static Task<Verdict> check(std::shared_ptr<Oidc> self, std::string text);
    Verdict verdict(const Token& token, bool good, const Digest& digest);
    void remember(const Digest& digest, const Identity& identity);

    OidcOptions options_;
    IssuerKeys keys_;
    std::unordered_map<Digest, Remembered> known_;
};

Verdict denied(std::string why) {
    return std::unexpected{Denial{.description = std::move(why)}};
}

std::optional<Verdict> Oidc::at_once(std::string_view text) {
    const auto digest = digest_of(text);
    if (const auto found = known_.find(digest); found != known_.end()) {
        if (Clock::now() < found->second.until) return found->second.identity;
        known_.erase(found);
    }
    const auto token = parse_token(text);
    if (!token) return denied(token.error());
    const auto good = keys_.verifies(*token);
    if (!good) return std::nullopt;
    return verdict(*token, *good, digest);
}

Task<Verdict> Oidc::check(std::shared_ptr<Oidc> self, std::string text) {
    const auto token = parse_token(text);
    if (!token) co_return denied(token.error());
    co_await self->keys_.renew();
    co_return self->verdict(*token, self->keys_.verifies_now(*token), digest_of(text));
}

Verdict Oidc::verdict(const Token& token, bool good, const Digest& digest) {
    if (!good && !keys_.usable())
        return std::unexpected{Denial{503, "temporarily_unavailable", "the keys of the issuer cannot be read"}};
    if (!good) return denied("the token is not signed with a key of its issuer");
    auto result = judge(token.claims, options_.expected, thv::now());
    if (result) remember(digest, *result);
    return result;
}

void Oidc::remember(const Digest& digest, const Identity& identity) {
    if (known_.size() >= options_.remembered) known_.clear();
    known_.insert_or_assign(digest, Remembered{identity, std::min(identity.until, Clock::now() + memory_span)});
}

} // namespace

std::shared_ptr<Authenticator> make_oidc(const asio::any_io_executor& executor, OidcOptions options, Fetch fetch) {
    return std::make_shared<Oidc>(executor, std::move(options), std::move(fetch));
}

} // namespace thv::auth
