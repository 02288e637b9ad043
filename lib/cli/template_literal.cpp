// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/template_literal.hpp"

#include "cli/template_text.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>

namespace thv::cli::templates {

namespace {

/// All of the text as one number.
template <typename Number, typename... Form>
std::optional<Number> number_from(std::string_view text, Form... form) {
    Number value{};
    const auto* const start = text.data();
    const auto* const end = start + text.size();
    const auto [stop, failure] = std::from_chars(start, end, value, form...);
    if (failure != std::errc{} || stop != end) return std::nullopt;
    return value;
}

class Quoted {
public:
    Quoted(std::string_view text, std::size_t at)
        : text_(text)
        , start_(at)
        , at_(at + 1) {}

    std::string run() {
        while (true) {
            if (at_ >= text_.size() || text_[at_] == '\n')
                throw invalid(text_, start_, "the string that starts here has no closing '\"'");
            const char byte = text_[at_++];
            if (byte == '"') return std::move(value_);
            if (byte == '\\')
                escape();
            else
                value_ += byte;
        }
    }
    std::size_t end() const { return at_; }

private:
    void escape() {
        static constexpr std::string_view letters = "abfnrtv\\\"";
        static constexpr std::string_view meanings = "\a\b\f\n\r\t\v\\\"";
        const char letter = at_ < text_.size() ? text_[at_] : '\0';
        if (const auto found = letters.find(letter); found != std::string_view::npos) {
            ++at_;
            value_ += meanings[found];
            return;
        }
        if (letter == 'x') return byte(1, 2, 16);
        if (letter >= '0' && letter <= '7') return byte(0, 3, 8);
        if (letter == 'u') return character(4);
        if (letter == 'U') return character(8);
        throw invalid(text_, at_ - 1,
                      R"(a string knows the escapes \a \b \f \n \r \t \v \\ \" \x \u \U and octal ones)");
    }

    std::uint32_t digits(std::size_t skip, std::size_t count, int base) {
        const auto written = text_.substr(std::min(at_ + skip, text_.size()), count);
        const auto value = number_from<std::uint32_t>(written, base);
        if (written.size() != count || !value) throw invalid(text_, at_ - 1, "the escape here has too few digits");
        at_ += skip + count;
        return *value;
    }

    void byte(std::size_t skip, std::size_t count, int base) {
        const auto value = digits(skip, count, base);
        if (value > 0xff) throw invalid(text_, at_ - count, "an octal escape is at most \\377");
        value_ += static_cast<char>(value);
    }

    void character(std::size_t count) {
        const auto code = digits(1, count, 16);
        if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
            throw invalid(text_, at_ - count, "there is no character with this number");
        append_character(value_, static_cast<std::int32_t>(code));
    }

    std::string_view text_;
    std::size_t start_;
    std::size_t at_;
    std::string value_;
};

bool belongs_to_number(char byte) {
    return byte == '_' || byte == '.' || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z');
}

std::optional<Json> number_in(std::string_view digits, bool negative) {
    int base = 10;
    if (digits.size() > 2 && digits[0] == '0') {
        const char mark = static_cast<char>(digits[1] | 0x20);
        base = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 10;
    }
    // As in Go, 017 is octal.
    const bool old_octal = base == 10 && digits.size() > 1 && digits[0] == '0' && !digits.contains('.');
    const auto whole = number_from<std::uint64_t>(digits.substr(base != 10 ? 2 : 0), old_octal ? 8 : base);
    constexpr std::uint64_t most = INT64_MAX;
    if (whole) {
        if (*whole > most + (negative ? 1 : 0)) return std::nullopt;
        // In this order the least of all whole numbers does not overflow.
        return negative ? Json(-static_cast<std::int64_t>(*whole - (*whole != 0 ? 1 : 0)) - (*whole != 0 ? 1 : 0))
                        : Json(static_cast<std::int64_t>(*whole));
    }
    if (base != 10) return std::nullopt;
    const auto decimal = number_from<double>(digits, std::chars_format::general);
    if (!decimal || digits.find_first_of(".eE") == std::string_view::npos) return std::nullopt;
    return Json(negative ? -*decimal : *decimal);
}

} // namespace

Json string_literal(std::string_view text, std::size_t& at) {
    if (text[at] == '"') {
        Quoted quoted{text, at};
        auto value = quoted.run();
        at = quoted.end();
        return value;
    }
    const auto end = text.find('`', at + 1);
    if (end == std::string_view::npos) throw invalid(text, at, "the string that starts here has no closing '`'");
    std::string value{text.substr(at + 1, end - at - 1)};
    std::erase(value, '\r'); // as Go reads raw strings
    at = end + 1;
    return value;
}

Json number_literal(std::string_view text, std::size_t& at) {
    const auto start = at;
    const bool negative = text[at] == '-';
    if (negative || text[at] == '+') ++at;
    std::string digits;
    while (at < text.size() &&
           (belongs_to_number(text[at]) || ((text[at] == '+' || text[at] == '-') && !digits.empty() &&
                                            (digits.back() == 'e' || digits.back() == 'E')))) {
        if (text[at] != '_') digits += text[at];
        ++at;
    }
    auto value = number_in(digits, negative);
    if (!value) throw invalid(text, start, "this is not a number, or a whole one beyond 64 bits");
    return *std::move(value);
}

} // namespace thv::cli::templates
