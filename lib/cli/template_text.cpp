// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/template_text.hpp"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <array>

namespace thv::cli::templates {

namespace {

struct Character {
    std::int32_t code = -1; ///< negative for a byte that is not UTF-8
    std::string_view bytes;
};

constexpr std::int32_t replacement = 0xfffd;

/// Takes the first character off a text that is not empty.
Character take(std::string_view& text) {
    const auto* start = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    std::int32_t code = -1;
    const auto length = utf8proc_iterate(start, static_cast<utf8proc_ssize_t>(text.size()), &code);
    const Character taken{code, text.substr(0, length > 0 ? static_cast<std::size_t>(length) : 1)};
    text.remove_prefix(taken.bytes.size());
    return taken;
}

std::string mapped(std::string_view text, std::int32_t (*change)(std::int32_t)) {
    std::string result;
    result.reserve(text.size());
    while (!text.empty()) {
        const auto character = take(text);
        append_character(result, character.code < 0 ? replacement : change(character.code));
    }
    return result;
}

bool is_letter(utf8proc_category_t category) {
    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}

/// Whether a word starts behind it.
bool separates(std::int32_t code) {
    if (code < 0x80) return code != '_' && (code < '0' || code > '9') && !is_letter(utf8proc_category(code));
    constexpr std::array<std::int32_t, 2> other_spaces{0x85, 0xa0};
    const auto category = utf8proc_category(code);
    return std::ranges::find(other_spaces, code) != other_spaces.end() || category == UTF8PROC_CATEGORY_ZS ||
           category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
}

bool is_printable(std::int32_t code) {
    if (code == ' ') return true;
    const auto category = utf8proc_category(code);
    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_SO;
}

std::string escaped(const Character& character) {
    constexpr std::string_view known = "\a\b\f\n\r\t\v\\\"";
    constexpr std::string_view letters = "abfnrtv\\\"";
    const auto code = character.code;
    if (code < 0) return fmt::format("\\x{:02x}", static_cast<unsigned char>(character.bytes.front()));
    if (const auto found = code < 0x80 ? known.find(static_cast<char>(code)) : std::string_view::npos;
        found != std::string_view::npos)
        return {'\\', letters[found]};
    if (is_printable(code)) return std::string{character.bytes};
    if (code < ' ' || code == 0x7f) return fmt::format("\\x{:02x}", code);
    return code < 0x10000 ? fmt::format("\\u{:04x}", code) : fmt::format("\\U{:08x}", code);
}

} // namespace

void append_character(std::string& text, std::int32_t code) {
    std::array<utf8proc_uint8_t, 4> bytes{};
    const auto length = utf8proc_encode_char(code, bytes.data());
    text.append(reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(length));
}

std::size_t characters_in(std::string_view text) {
    std::size_t count = 0;
    for (; !text.empty(); ++count)
        take(text);
    return count;
}

std::string_view first_characters(std::string_view text, std::size_t count) {
    auto rest = text;
    for (; count > 0 && !rest.empty(); --count)
        take(rest);
    return text.substr(0, text.size() - rest.size());
}

std::string upper(std::string_view text) {
    return mapped(text, utf8proc_toupper);
}

std::string lower(std::string_view text) {
    return mapped(text, utf8proc_tolower);
}

std::string title(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (std::int32_t before = ' '; !text.empty();) {
        const auto character = take(text);
        const auto code = character.code < 0 ? replacement : character.code;
        append_character(result, separates(before) ? utf8proc_totitle(code) : code);
        before = code;
    }
    return result;
}

std::string quote(std::string_view text) {
    std::string result{'"'};
    while (!text.empty())
        result += escaped(take(text));
    return result += '"';
}

} // namespace thv::cli::templates
