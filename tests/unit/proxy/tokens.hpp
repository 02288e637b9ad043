// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "world.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thv::test {

/// Knows tokens by heart; those that begin with "late" only after a while, as when keys have to be fetched.
struct Tokens final : auth::Authenticator {
    std::optional<auth::Verdict> at_once(std::string_view token) override {
        if (token.starts_with("late")) return std::nullopt;
        return judge(std::string{token});
    }
    Task<auth::Verdict> check(std::string token) override {
        co_await sleep_for(20ms);
        co_return judge(token);
    }
    std::vector<std::string> issuers() const override { return {"https://issuer.example"}; }
    std::vector<std::string> scopes() const override { return {"mcp"}; }

    auth::Verdict judge(const std::string& token) {
        ++judged;
        if (token.ends_with("alice")) return auth::Identity{.issuer = "i", .subject = "alice", .until = until};
        if (token.ends_with("bob")) return auth::Identity{.issuer = "i", .subject = "bob"};
        if (token == "narrow") return std::unexpected{auth::Denial{403, "insufficient_scope", "a scope is missing"}};
        if (token == "dark") return std::unexpected{auth::Denial{503, "temporarily_unavailable", "no keys"}};
        return std::unexpected{auth::Denial{.description = "not that one"}};
    }
    std::chrono::steady_clock::time_point until = std::chrono::steady_clock::time_point::max();
    int judged = 0;
};

inline const std::shared_ptr<Tokens>& tokens() {
    static const auto shared = std::make_shared<Tokens>();
    return shared;
}

inline proxy::Options guarded(proxy::Options options = quick_options()) {
    *tokens() = Tokens{};
    options.authenticator = tokens();
    return options;
}

inline http::Headers bearer(const std::string& token) {
    return {{"Authorization", "Bearer " + token}};
}

} // namespace thv::test
