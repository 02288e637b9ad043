// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "auth/token.hpp"

#include "core/base64.hpp"
#include "core/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace thv::auth {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t longest_token = 16U << 10U;
constexpr std::size_t longest_subject = 1024;

/// base64url without padding, and nothing else.
std::optional<std::string> decode(std::string_view part) {
    const auto fits = [](unsigned char byte) { return std::isalnum(byte) != 0 || byte == '-' || byte == '_'; };
    if (part.empty() || !std::ranges::all_of(part, fits)) return std::nullopt;
    return base64_decode(part);
}

std::optional<ordered_json> decode_object(std::string_view part) {
    const auto text = decode(part);
    if (!text) return std::nullopt;
    try {
        auto value = parse_json(*text, "token", {.bytes = longest_token, .depth = 16, .members = 256});
        if (value.is_object()) return value;
    } catch (const Error&) {
        return std::nullopt; // the caller says so; the text would quote the token
    }
    return std::nullopt;
}

std::string text_of(const ordered_json& object, std::string_view name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// Seconds since 1970; none when the claim is missing or no such number.
std::optional<double> instant(const ordered_json& claims, std::string_view name) {
    const auto found = claims.find(name);
    if (found == claims.end() || !found->is_number()) return std::nullopt;
    const auto value = found->get<double>();
    if (!std::isfinite(value) || std::abs(value) > 1e11) return std::nullopt;
    return value;
}

/// Access tokens and plain JWTs; others (of logout, of DPoP) are signed by the same keys and mean something else.
bool is_access_token(const ordered_json& header) {
    if (!header.contains("typ")) return true;
    auto type = text_of(header, "typ");
    std::ranges::transform(type, type.begin(),
                           [](unsigned char byte) { return static_cast<char>(std::tolower(byte)); });
    if (type.starts_with("application/")) type.erase(0, 12);
    return type == "jwt" || type == "at+jwt";
}

bool contains_text(const ordered_json& value, std::string_view wanted) {
    if (value.is_string()) return value.get_ref<const std::string&>() == wanted;
    return value.is_array() && std::ranges::any_of(value, [&](const ordered_json& item) {
               return item.is_string() && item.get_ref<const std::string&>() == wanted;
           });
}

/// The words of a space-separated list, or the items of an array: issuers disagree.
bool grants(const ordered_json& claims, std::string_view scope) {
    for (const auto* const name : {"scope", "scp"}) {
        const auto found = claims.find(name);
        if (found == claims.end()) continue;
        if (found->is_array() && contains_text(*found, scope)) return true;
        if (!found->is_string()) continue;
        const auto words = fmt::format(" {} ", found->get_ref<const std::string&>());
        if (words.find(fmt::format(" {} ", scope)) != std::string::npos) return true;
    }
    return false;
}

Verdict denied(std::string why) {
    return std::unexpected{Denial{.description = std::move(why)}};
}

std::optional<std::string> time_trouble(const ordered_json& claims, double now, double skew) {
    const auto expiry = instant(claims, "exp");
    if (!expiry) return "the token does not say when it expires";
    if (now >= *expiry + skew) return "the token has expired";
    if (!claims.contains("nbf")) return std::nullopt;
    const auto begin = instant(claims, "nbf");
    if (!begin) return "the token does not say clearly when it begins";
    if (now + skew < *begin) return "the token is not valid yet";
    return std::nullopt;
}

} // namespace

std::optional<Algorithm> parse_algorithm(std::string_view name) {
    constexpr std::array<std::string_view, 9> names{"RS256", "RS384", "RS512", "PS256", "PS384",
                                                    "PS512", "ES256", "ES384", "EdDSA"};
    const auto* const found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return static_cast<Algorithm>(found - names.begin());
}

std::expected<Token, std::string> parse_token(std::string_view text) {
    const auto refuse = [](std::string why) { return std::unexpected{std::move(why)}; };
    const auto first = text.find('.');
    const auto second = text.find('.', first == std::string_view::npos ? first : first + 1);
    if (text.size() > longest_token || second == std::string_view::npos ||
        text.find('.', second + 1) != std::string_view::npos)
        return refuse("the token is no signed JSON Web Token");
    const auto header = decode_object(text.substr(0, first));
    auto claims = decode_object(text.substr(first + 1, second - first - 1));
    auto signature = decode(text.substr(second + 1));
    if (!header || !claims || !signature) return refuse("the token is no signed JSON Web Token");
    if (header->contains("crit")) return refuse("the token has extensions that are not understood");
    if (!is_access_token(*header)) return refuse("the token is no access token");
    const auto algorithm = parse_algorithm(text_of(*header, "alg"));
    if (!algorithm) return refuse("the token is signed with an algorithm that is not accepted");
    Token token;
    token.algorithm = *algorithm;
    token.key_id = text_of(*header, "kid");
    token.signed_text = text.substr(0, second);
    token.signature = *std::move(signature);
    token.claims = *std::move(claims);
    return token;
}

Verdict judge(const ordered_json& claims, const Expectation& expected, Time now) {
    if (text_of(claims, "iss") != expected.issuer) return denied("the token is from another issuer");
    const auto audience = claims.find("aud");
    if (audience == claims.end() || !contains_text(*audience, expected.audience))
        return denied("the token is for another audience");
    const auto seconds = std::chrono::duration<double>(now.time_since_epoch()).count();
    const auto skew = static_cast<double>(expected.skew.count());
    if (auto trouble = time_trouble(claims, seconds, skew)) return denied(*std::move(trouble));
    auto subject = text_of(claims, "sub");
    const auto odd = [](unsigned char byte) { return byte < 0x20 || byte == 0x7F; };
    if (subject.empty() || subject.size() > longest_subject || std::ranges::any_of(subject, odd))
        return denied("the token names no subject");
    for (const auto& scope : expected.scopes)
        if (!grants(claims, scope))
            return std::unexpected{Denial{403, "insufficient_scope", "the token lacks a scope that is needed here"}};
    const auto expiry = instant(claims, "exp");
    if (!expiry) return denied("the token names no time of its expiry");
    const std::chrono::duration<double> left{*expiry + skew - seconds};
    const auto whole = std::min<std::chrono::duration<double>>(left, std::chrono::hours{24 * 365});
    return Identity{.issuer = expected.issuer,
                    .subject = std::move(subject),
                    .until = std::chrono::steady_clock::now() +
                             std::chrono::duration_cast<std::chrono::steady_clock::duration>(whole)};
}

} // namespace thv::auth
