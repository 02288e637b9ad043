// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/base64.hpp"

#include <cstdint>

namespace thv {

namespace {

constexpr std::string_view common = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

char digit(unsigned value, bool url_safe) {
    if (value < common.size()) return common[value];
    return value == 62 ? (url_safe ? '-' : '+') : (url_safe ? '_' : '/');
}

std::optional<unsigned> value_of(char c) {
    if (c == '+' || c == '-') return 62;
    if (c == '/' || c == '_') return 63;
    const auto at = common.find(c);
    return at == std::string_view::npos ? std::nullopt : std::optional{static_cast<unsigned>(at)};
}

} // namespace

std::string base64_encode(std::string_view bytes, bool url_safe) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const auto at = [&](std::size_t k) -> std::uint32_t {
            return k < bytes.size() ? static_cast<unsigned char>(bytes[k]) : 0U;
        };
        const auto group = at(i) << 16U | at(i + 1) << 8U | at(i + 2);
        for (unsigned k = 0; k < 4; ++k)
            out += i + k > bytes.size() ? '=' : digit(group >> (18U - 6U * k) & 63U, url_safe);
    }
    return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size() / 4 * 3);
    std::uint32_t group = 0;
    std::size_t digits = 0;
    std::size_t padding = 0;
    for (const char c : text) {
        if (c == '\n' || c == '\r') continue;
        if (c == '=') {
            ++padding;
            continue;
        }
        const auto value = value_of(c);
        if (!value || padding > 0) return std::nullopt;
        group = group << 6U | *value;
        ++digits;
        if (digits % 4 != 1) out += static_cast<char>(group >> (6U - 2U * ((digits - 1) % 4)) & 0xffU);
    }
    const auto rest = digits % 4;
    const bool padded = padding == 0 || (rest != 0 && padding == 4 - rest);
    return rest == 1 || !padded ? std::nullopt : std::optional{out};
}

} // namespace thv
