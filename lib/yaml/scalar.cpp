// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "yaml/scalar.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace thv::yaml {

namespace {

using nlohmann::ordered_json;

bool digit(char c) {
    return c >= '0' && c <= '9';
}

bool one_of(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, text) != words.end();
}

/// The digits of an integer and their base; none when it is no integer.
struct Digits {
    std::string_view text;
    int base;
};
std::optional<Digits> integer_digits(std::string_view text) {
    if (text.starts_with("0x")) return Digits{text.substr(2), 16};
    if (text.starts_with("0o")) return Digits{text.substr(2), 8};
    if (text.size() > 1 && text.front() == '0' && std::ranges::all_of(text, [](char c) { return c >= '0' && c < '8'; }))
        return Digits{text.substr(1), 8};
    if (text.empty() || !std::ranges::all_of(text, digit)) return std::nullopt;
    return Digits{text, 10};
}

std::optional<ordered_json> integer(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    const auto digits = integer_digits(text);
    if (!digits || digits->text.empty()) return std::nullopt;
    std::uint64_t value = 0;
    const auto* begin = digits->text.data();
    const auto* end = begin + digits->text.size();
    const auto [rest, failure] = std::from_chars(begin, end, value, digits->base);
    if (rest != end || failure != std::errc{}) return std::nullopt;
    constexpr std::uint64_t largest = INT64_MAX;
    if (!negative) return value <= largest ? ordered_json(static_cast<std::int64_t>(value)) : ordered_json(value);
    if (value > largest + 1) return std::nullopt;
    return ordered_json(static_cast<std::int64_t>(0 - value));
}

/// YAML 1.2, 10.3.2: [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool looks_like_float(std::string_view text) {
    std::size_t at = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
    const auto digits = [&] {
        const auto begin = at;
        while (at < text.size() && digit(text[at]))
            ++at;
        return at - begin;
    };
    const auto whole = digits();
    if (at < text.size() && text[at] == '.') {
        ++at;
        const auto fraction = digits();
        if (whole == 0 && fraction == 0) return false;
    } else if (whole == 0) {
        return false;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
        if (digits() == 0) return false;
    }
    return at == text.size();
}

bool not_finite(std::string_view text) {
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    return one_of(text, {".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"});
}

} // namespace

std::optional<ordered_json> resolve(std::string_view plain) {
    if (one_of(plain, {"", "~", "null", "Null", "NULL"})) return ordered_json(nullptr);
    if (one_of(plain, {"true", "True", "TRUE"})) return ordered_json(true);
    if (one_of(plain, {"false", "False", "FALSE"})) return ordered_json(false);
    if (not_finite(plain)) return std::nullopt;
    if (const auto number = integer(plain)) return number;
    if (!looks_like_float(plain)) return ordered_json(plain);
    if (plain.starts_with('+')) plain.remove_prefix(1);
    double value = 0;
    const auto [rest, failure] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
    if (failure != std::errc{} || !std::isfinite(value)) return std::nullopt;
    return ordered_json(value);
}

bool ambiguous(std::string_view plain) {
    const auto resolved = resolve(plain);
    if (!resolved || !resolved->is_string()) return true;
    const auto small = lower(plain);
    if (one_of(small, {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "<<", "=", "~"})) return true;
    // Everything else that YAML 1.1 knows (numbers with `_`, `:` or `0b`, dates) begins like a number.
    const auto first = small.find_first_not_of("+-.");
    return first != std::string::npos &&
           (digit(small[first]) || small.substr(first).starts_with("inf") || small.substr(first).starts_with("nan"));
}

bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto at = [&](std::size_t offset) {
            return i + offset < text.size() ? static_cast<unsigned char>(text[i + offset]) : 0U;
        };
        const auto lead = at(0);
        const std::size_t length = lead < 0x80                   ? 1
                                   : lead >= 0xc2 && lead < 0xe0 ? 2
                                   : lead >= 0xe0 && lead < 0xf0 ? 3
                                                                 : 4;
        if (lead >= 0x80 && (lead < 0xc2 || lead > 0xf4)) return false;
        for (std::size_t k = 1; k < length; ++k)
            if ((at(k) & 0xc0U) != 0x80U) return false;
        const bool overlong = (lead == 0xe0 && at(1) < 0xa0) || (lead == 0xf0 && at(1) < 0x90);
        const bool beyond = (lead == 0xed && at(1) > 0x9f) || (lead == 0xf4 && at(1) > 0x8f);
        if (overlong || beyond) return false;
        i += length;
    }
    return true;
}

} // namespace thv::yaml
