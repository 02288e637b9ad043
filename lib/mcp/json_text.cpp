// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "mcp/jsonrpc.hpp"
#include "mcp/scanner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace thv::mcp {

namespace {

void append_utf8(std::string& text, std::uint32_t code) {
    const auto put = [&text](std::uint32_t byte) { text.push_back(static_cast<char>(byte)); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0 | (code >> 6U));
        put(0x80 | (code & 0x3FU));
    } else if (code < 0x10000) {
        put(0xE0 | (code >> 12U));
        put(0x80 | ((code >> 6U) & 0x3FU));
        put(0x80 | (code & 0x3FU));
    } else {
        put(0xF0 | (code >> 18U));
        put(0x80 | ((code >> 12U) & 0x3FU));
        put(0x80 | ((code >> 6U) & 0x3FU));
        put(0x80 | (code & 0x3FU));
    }
}

std::uint32_t hex4(std::string_view digits) {
    std::uint32_t value = 0;
    for (const char digit : digits.substr(0, 4)) {
        const auto lower = static_cast<std::uint32_t>(digit) | 0x20U;
        value = value << 4U | (lower >= 'a' ? lower - 'a' + 10 : lower - '0');
    }
    return value;
}

/// The code point of a \u escape at the front of `rest` (just behind "\u"), and how many bytes it takes.
std::pair<std::uint32_t, std::size_t> unicode_escape(std::string_view rest) {
    constexpr std::uint32_t replacement = 0xFFFD;
    const auto high = hex4(rest);
    if (high < 0xD800 || high > 0xDFFF) return {high, 4};
    if (high > 0xDBFF || rest.size() < 10 || rest.substr(4, 2) != "\\u") return {replacement, 4};
    const auto low = hex4(rest.substr(6));
    if (low < 0xDC00 || low > 0xDFFF) return {replacement, 4};
    return {0x10000 + ((high - 0xD800) << 10U) + (low - 0xDC00), 10};
}

} // namespace

std::optional<std::string> unquote(std::string_view json) {
    if (json.size() < 2 || json.front() != '"') return std::nullopt;
    auto rest = json.substr(1, json.size() - 2);
    std::string text;
    text.reserve(rest.size());
    while (!rest.empty()) {
        const auto plain = std::min(rest.find('\\'), rest.size());
        text.append(rest.substr(0, plain));
        rest.remove_prefix(plain);
        if (rest.size() < 2) break;
        const char kind = rest[1];
        rest.remove_prefix(2);
        if (kind == 'u') {
            const auto [code, length] = unicode_escape(rest);
            append_utf8(text, code);
            rest.remove_prefix(length);
        } else {
            constexpr std::string_view from{"bfnrt"};
            constexpr std::string_view to{"\b\f\n\r\t"};
            const auto place = from.find(kind);
            text.push_back(place == std::string_view::npos ? kind : to[place]);
        }
    }
    return text;
}

std::string quote(std::string_view text) {
    std::string json{'"'};
    while (!text.empty()) {
        const auto byte = static_cast<unsigned char>(text.front());
        if (byte == '"' || byte == '\\') {
            json += {'\\', static_cast<char>(byte)};
        } else if (byte < 0x20) {
            fmt::format_to(std::back_inserter(json), "\\u{:04x}", byte);
        } else if (byte < 0x80) {
            json.push_back(static_cast<char>(byte));
        } else {
            const auto length = Scanner::multibyte_length(text);
            if (length == 0) json += "\xEF\xBF\xBD";
            json.append(text.substr(0, length));
            text.remove_prefix(std::max<std::size_t>(length, 1));
            continue;
        }
        text.remove_prefix(1);
    }
    json.push_back('"');
    return json;
}

} // namespace thv::mcp
