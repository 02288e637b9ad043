// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "mcp/scanner.hpp"

#include "mcp/jsonrpc.hpp"

namespace thv::mcp {

namespace {

constexpr std::uint64_t each(std::uint64_t byte) {
    return byte * 0x0101010101010101U;
}

/// Marks (with the top bit of a byte) what ends a run of plain characters: controls, quote, backslash, non-ASCII.
/// Marks above the first one may be false; the first one is exact.
std::uint64_t special(std::uint64_t word) {
    const auto control = word - each(0x20);
    const auto quote = (word ^ each('"')) - each(1);
    const auto backslash = (word ^ each('\\')) - each(1);
    return (control | quote | backslash | word) & each(0x80);
}

const char* skip_plain(const char* at, const char* end) {
    if constexpr (std::endian::native == std::endian::little) {
        while (end - at >= 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, at, sizeof word);
            if (const auto marks = special(word); marks != 0) return at + std::countr_zero(marks) / 8;
            at += 8;
        }
    }
    while (at != end) {
        const auto byte = static_cast<unsigned char>(*at);
        if (byte < 0x20 || byte == '"' || byte == '\\' || byte >= 0x80) break;
        ++at;
    }
    return at;
}

bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

bool is_hex(char byte) {
    return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

} // namespace

// Unicode, table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF.
std::size_t Scanner::multibyte_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
    const auto lead = byte(0);
    if (lead >= 0xC2 && lead <= 0xDF) return text.size() >= 2 && tail(1) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        if (text.size() < 3 || !tail(1) || !tail(2)) return 0;
        return (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xED && byte(1) > 0x9F) ? 0 : 3;
    }
    if (lead < 0xF0 || lead > 0xF4 || text.size() < 4 || !tail(1) || !tail(2) || !tail(3)) return 0;
    return (lead == 0xF0 && byte(1) < 0x90) || (lead == 0xF4 && byte(1) > 0x8F) ? 0 : 4;
}

bool Scanner::string() {
    escaped_ = false;
    if (!take('"')) return false;
    for (;;) {
        at_ = skip_plain(at_, end_);
        if (at_ == end_) return false;
        if (*at_ == '"') {
            ++at_;
            return true;
        }
        if (*at_ == '\\') {
            if (!escape()) return false;
        } else {
            // Text in most scripts is long runs of these.
            do {
                const auto length = multibyte_length({at_, static_cast<std::size_t>(end_ - at_)});
                if (length == 0) return false;
                at_ += length;
            } while (at_ != end_ && static_cast<unsigned char>(*at_) >= 0x80);
        }
    }
}

bool Scanner::escape() {
    escaped_ = true;
    if (end_ - at_ < 2) return false;
    const char kind = at_[1];
    at_ += 2;
    if (kind != 'u') return std::string_view{"\"\\/bfnrt"}.contains(kind);
    if (end_ - at_ < 4) return false;
    for (int i = 0; i < 4; ++i)
        if (!is_hex(*at_++)) return false;
    return true;
}

bool Scanner::literal(std::string_view word) {
    if (static_cast<std::size_t>(end_ - at_) < word.size() || std::string_view{at_, word.size()} != word) return false;
    at_ += word.size();
    return true;
}

bool Scanner::number() {
    const auto digits = [this] {
        const char* const first = at_;
        while (at_ != end_ && is_digit(*at_))
            ++at_;
        return at_ != first;
    };
    take('-');
    if (take('0')) {
        if (is_digit(peek())) return false;
    } else if (!digits()) {
        return false;
    }
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
        if (!take('+')) take('-');
        return digits();
    }
    return true;
}

bool Scanner::scalar() {
    switch (peek()) {
    case '"':
        return string();
    case 't':
        return literal("true");
    case 'f':
        return literal("false");
    case 'n':
        return literal("null");
    default:
        return number();
    }
}

bool Scanner::key(std::string_view& name) {
    const char* const first = at_;
    if (!string()) return false;
    name = {first + 1, static_cast<std::size_t>(at_ - first - 2)};
    if (escaped_) {
        unescaped_ = unquote({first, static_cast<std::size_t>(at_ - first)}).value_or("");
        nul_in_key_ = unescaped_.contains('\0');
        if (nul_in_key_) return false;
        name = unescaped_;
    }
    space();
    if (!take(':')) return false;
    space();
    return true;
}

// One bit per open container says whether it is an object: 64 levels fit into a word, and no recursion is needed.
bool Scanner::value(int depth) {
    std::uint64_t objects = 0;
    int open = 0;
    std::string_view name;
    for (;;) {
        const char first = peek();
        if (first == '{' || first == '[') {
            if (!enter(depth + ++open)) return false;
            ++at_;
            objects = (objects << 1U) | (first == '{' ? 1U : 0U);
            space();
            if (take(first == '{' ? '}' : ']')) {
                objects >>= 1U;
                --open;
            } else if (first == '{' && !key(name)) {
                return false;
            } else {
                continue;
            }
        } else if (!scalar()) {
            return false;
        }
        // A value has ended: close what ends with it, or go on to the next member.
        for (;;) {
            if (open == 0) return true;
            space();
            const bool in_object = (objects & 1U) != 0;
            if (take(',')) {
                space();
                if (in_object && !key(name)) return false;
                break;
            }
            if (!take(in_object ? '}' : ']')) return false;
            objects >>= 1U;
            --open;
        }
    }
}

} // namespace thv::mcp
