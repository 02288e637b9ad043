// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "auth/fetch.hpp"
#include "auth/public_key.hpp"
#include "core/time.hpp"
#include "io/event.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace thv::auth {

/// The keys of an issuer, kept and renewed. Issuers rotate: a key that is not known is looked for anew, though not
/// oftener than every `pause`, however many tokens with invented keys come.
class IssuerKeys {
public:
    using Clock = std::chrono::steady_clock;
    struct Options {
        std::string issuer;
        std::string key_set_url = {}; ///< empty: found by the issuer's discovery document
        Duration pause = std::chrono::seconds{10};
        Duration fresh = std::chrono::minutes{5}; ///< so long a key counts as current
        Duration stale = std::chrono::hours{24};  ///< so long the old ones do when new ones cannot be had
    };

    IssuerKeys(const asio::any_io_executor& executor, Options options, Fetch fetch);

    /// What the keys say of a token: none when they must be renewed first to know.
    std::optional<bool> verifies(const Token& token) const;
    /// The same with the keys as they are, whatever their age allows.
    bool verifies_now(const Token& token) const;
    /// Renews the keys, unless that was done just now; many callers wait for one renewal.
    Task<> renew();
    /// There are keys that may be used.
    bool usable() const;
    /// Why the last renewal failed; empty when it did not.
    const std::string& trouble() const { return trouble_; }

private:
    Task<> load();
    Task<std::string> find_key_set() const;
    bool may_renew() const;
    bool knows(const Token& token) const;

    Options options_;
    Fetch fetch_;
    std::vector<PublicKey> keys_;
    std::optional<Clock::time_point> loaded_;
    std::optional<Clock::time_point> tried_;
    std::string trouble_;
    bool loading_ = false;
    Event loaded_now_;
};

} // namespace thv::auth
