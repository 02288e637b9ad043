// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/text.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <optional>

namespace thv::cli {

namespace {

bool is_control(unsigned char byte) {
    return byte < 0x20 || byte == 0x7f;
}

bool continues(char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U;
}

/// The C1 controls U+0080 to U+009F, which terminals may obey too.
bool is_c1(std::string_view text, std::size_t at) {
    return text[at] == '\xc2' && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xa0 &&
           continues(text[at + 1]);
}

/// U+202A to U+202E and U+2066 to U+2069 make text look as if its parts stood in another order.
bool turns_direction(std::string_view text, std::size_t at) {
    const auto piece = text.substr(at, 3);
    if (piece.size() < 3) return false;
    const auto last = static_cast<unsigned char>(piece[2]);
    if (piece.starts_with("\xe2\x80")) return last >= 0xaa && last <= 0xae;
    return piece.starts_with("\xe2\x81") && last >= 0xa6 && last <= 0xa9;
}

/// The length of a colour sequence at `at`, or 0.
std::size_t colour_sequence(std::string_view text, std::size_t at) {
    if (text.substr(at, 2) != "\x1b[") return 0;
    const auto end = text.find_first_not_of("0123456789;:", at + 2);
    return end != std::string_view::npos && text[end] == 'm' ? end + 1 - at : 0;
}

/// How many bytes at `at` printable() makes one character of.
std::size_t unit(std::string_view text, std::size_t at) {
    return is_c1(text, at) ? 2 : turns_direction(text, at) ? 3 : 1;
}

struct Character {
    std::size_t bytes = 1;
    std::size_t width = 1;
    std::optional<utf8proc_int32_t> code; ///< none for a byte that is not UTF-8
};

Character character_at(std::string_view text, std::size_t at) {
    const auto* start = reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at);
    utf8proc_int32_t code = -1;
    const auto bytes = utf8proc_iterate(start, static_cast<utf8proc_ssize_t>(text.size() - at), &code);
    if (bytes <= 0) return {};
    const auto width = std::max(utf8proc_charwidth(code), 0);
    return {static_cast<std::size_t>(bytes), static_cast<std::size_t>(width), code};
}

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char byte) { return static_cast<unsigned char>(byte) < 0x80; });
}

} // namespace

std::string printable(std::string_view text) {
    std::string safe;
    safe.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const char byte = text[at];
        const auto step = unit(text, at);
        if (byte == '\t' || byte == '\n')
            safe += ' ';
        else
            safe += step > 1 || is_control(static_cast<unsigned char>(byte)) ? '?' : byte;
        at += step;
    }
    return safe;
}

std::string printable_log(std::string_view line) {
    std::string safe;
    safe.reserve(line.size());
    for (std::size_t at = 0; at < line.size();) {
        const auto coloured = colour_sequence(line, at);
        const auto step = coloured > 0 ? coloured : unit(line, at);
        const auto piece = line.substr(at, step);
        safe += coloured > 0 || piece == "\t" ? std::string{piece} : printable(piece);
        at += step;
    }
    return safe;
}

std::string printable_lines(std::string_view text) {
    std::string safe;
    safe.reserve(text.size());
    while (!text.empty()) {
        const auto end = text.find_first_of("\t\n");
        safe += printable(text.substr(0, end));
        if (end == std::string_view::npos) break;
        safe += text[end];
        text.remove_prefix(end + 1);
    }
    return safe;
}

std::size_t width_of(std::string_view text) {
    if (is_ascii(text)) return text.size();
    std::size_t width = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto character = character_at(text, at);
        width += character.width;
        at += character.bytes;
    }
    return width;
}

std::string shorten(std::string_view text, std::size_t width) {
    if (width_of(text) <= width) return std::string{text};
    if (width == 0) return {};
    std::size_t taken = 0; // columns
    std::size_t whole = 0; // bytes of the clusters that fit beside the '…'
    std::optional<utf8proc_int32_t> before;
    utf8proc_int32_t state = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto character = character_at(text, at);
        const bool starts =
            !before || !character.code || utf8proc_grapheme_break_stateful(*before, *character.code, &state);
        if (starts) whole = at;
        taken += character.width;
        if (taken >= width) break;
        before = character.code;
        at += character.bytes;
    }
    return std::string{text.substr(0, whole)} + "…";
}

} // namespace thv::cli
