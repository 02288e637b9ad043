// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "auth/issuer_keys.hpp"

#include "core/json.hpp"
#include "io/log.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv::auth {

namespace {

std::string without_slash(std::string text) {
    if (text.ends_with('/')) text.pop_back();
    return text;
}

} // namespace

IssuerKeys::IssuerKeys(const asio::any_io_executor& executor, Options options, Fetch fetch)
    : options_(std::move(options))
    , fetch_(std::move(fetch))
    , loaded_now_(executor) {}

bool IssuerKeys::usable() const {
    return loaded_ && Clock::now() - *loaded_ < options_.stale;
}

bool IssuerKeys::may_renew() const {
    return !tried_ || Clock::now() - *tried_ >= options_.pause;
}

bool IssuerKeys::knows(const Token& token) const {
    return std::ranges::any_of(keys_, [&](const PublicKey& key) {
        return key.suits(token.algorithm) && (token.key_id.empty() || key.id() == token.key_id);
    });
}

bool IssuerKeys::verifies_now(const Token& token) const {
    return usable() && std::ranges::any_of(keys_, [&](const PublicKey& key) {
               // A key without an id, or a token without one, leaves only trying.
               const bool candidate = token.key_id.empty() || key.id().empty() || key.id() == token.key_id;
               return candidate && key.verifies(token);
           });
}

std::optional<bool> IssuerKeys::verifies(const Token& token) const {
    const bool old = !loaded_ || Clock::now() - *loaded_ >= options_.fresh;
    const bool good = verifies_now(token);
    if (good && !old) return true;
    if (loading_) return std::nullopt;
    if (may_renew() && (old || !knows(token))) return std::nullopt;
    return good;
}

Task<> IssuerKeys::renew() {
    if (loading_) {
        co_await loaded_now_.wait();
        co_return;
    }
    if (!may_renew()) co_return;
    loading_ = true;
    loaded_now_.reset();
    tried_ = Clock::now();
    try {
        co_await load();
        trouble_.clear();
    } catch (const std::exception& error) {
        trouble_ = error.what();
        log::warn("the keys of {} cannot be read: {}", options_.issuer, trouble_);
    }
    loading_ = false;
    loaded_now_.set();
}

Task<> IssuerKeys::load() {
    auto url = options_.key_set_url;
    if (url.empty()) url = co_await find_key_set();
    const auto text = co_await fetch_(std::move(url));
    auto keys = parse_keys(text);
    if (keys.empty()) throw Error{Fault::internal, "the issuer's key set holds no key that can be used"};
    keys_ = std::move(keys);
    loaded_ = Clock::now();
}

/// OpenID Connect Discovery 1.0, 4. The document must name the issuer it was asked for, or one issuer could speak for
/// another.
Task<std::string> IssuerKeys::find_key_set() const {
    const auto where = without_slash(options_.issuer) + "/.well-known/openid-configuration";
    const auto text = co_await fetch_(where);
    const auto document = parse_json(text, where);
    const Fields fields{document, where};
    if (fields.text("issuer") != options_.issuer)
        throw Error{Fault::internal, fmt::format("{} is about another issuer", where)};
    auto url = fields.text("jwks_uri");
    if (url.empty()) throw Error{Fault::internal, fmt::format("{} names no key set", where)};
    co_return url;
}

} // namespace thv::auth
