// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/template_functions.hpp"
#include "cli/template_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

namespace thv::cli::templates {

namespace {

/// One %… of a format.
struct Verb {
    bool left = false;  ///< -
    bool zeros = false; ///< 0
    bool sign = false;  ///< +
    bool space = false; ///< in place of +
    bool other = false; ///< #
    std::size_t width = 0;
    std::optional<std::size_t> precision;
    char letter = 'v';

    std::string name() const { return std::string{"%"} + letter; }
};

/// Bounds what one verb may pad.
constexpr std::int64_t widest = 1'000'000;

Error cannot(const Verb& verb, std::string_view wanted, const Json& value) {
    return wrong_kind("printf's " + verb.name(), wanted, value);
}

std::string padded(const Verb& verb, std::string text, bool with_zeros) {
    const auto length = characters_in(text);
    if (length >= verb.width) return text;
    const auto missing = verb.width - length;
    if (verb.left) return text.append(missing, ' ');
    // Zeros stand behind the sign.
    const bool is_signed = with_zeros && !text.empty() && (text[0] == '-' || text[0] == '+' || text[0] == ' ');
    return text.insert(is_signed ? 1 : 0, missing, with_zeros ? '0' : ' ');
}

std::string_view sign_of(const Verb& verb, bool negative) {
    if (verb.letter == 'v' && !negative) return verb.space ? " " : ""; // %+v asks for something else in Go
    return negative ? "-" : verb.sign ? "+" : verb.space ? " " : "";
}

std::string digits_of(std::uint64_t number, const Verb& verb) {
    switch (verb.letter) {
    case 'x':
        return fmt::format("{:x}", number);
    case 'X':
        return fmt::format("{:X}", number);
    case 'o':
        return fmt::format("{:o}", number);
    case 'b':
        return fmt::format("{:b}", number);
    default:
        return fmt::format("{}", number);
    }
}

std::string whole_number(const Verb& verb, const Json& value) {
    const bool negative = !value.is_number_unsigned() && value.get<std::int64_t>() < 0;
    const auto size = negative ? ~value.get<std::uint64_t>() + 1 : value.get<std::uint64_t>();
    auto digits = digits_of(size, verb);
    if (verb.precision && digits.size() < *verb.precision) digits.insert(0, *verb.precision - digits.size(), '0');
    const std::string_view prefix = !verb.other          ? ""
                                    : verb.letter == 'x' ? "0x"
                                    : verb.letter == 'X' ? "0X"
                                    : verb.letter == 'o' ? "0"
                                    : verb.letter == 'b' ? "0b"
                                                         : "";
    return padded(verb, fmt::format("{}{}{}", sign_of(verb, negative), prefix, digits), verb.zeros && !verb.precision);
}

std::string shown_float(const Verb& verb, double number) {
    const auto size = std::abs(number);
    const auto precision = verb.precision.value_or(6);
    switch (verb.letter) {
    case 'f':
        return fmt::format("{:.{}f}", size, precision);
    case 'e':
        return fmt::format("{:.{}e}", size, precision);
    default:
        return verb.precision ? fmt::format("{:.{}g}", size, precision) : number_text(size);
    }
}

std::string float_number(const Verb& verb, const Json& value) {
    const auto number = value.get<double>();
    const auto text = std::string{sign_of(verb, std::signbit(number))} + shown_float(verb, number);
    return padded(verb, text, verb.zeros);
}

/// Where a whole number is wanted, 2.0 is one.
std::optional<Json> as_whole(const Json& value) {
    if (value.is_number_integer()) return value;
    if (!value.is_number_float()) return std::nullopt;
    const auto number = value.get<double>();
    constexpr double bound = 9007199254740992; // 2^53: beyond it, digits would be made up
    if (std::trunc(number) != number || std::abs(number) > bound) return std::nullopt;
    return static_cast<std::int64_t>(number);
}

std::string shown_text(const Verb& verb, std::string_view text) {
    const auto cut = verb.precision ? first_characters(text, *verb.precision) : text;
    if (verb.letter == 'q') return padded(verb, quote(cut), verb.zeros);
    if (verb.letter != 'x' && verb.letter != 'X') return padded(verb, std::string{cut}, verb.zeros);
    std::string hex;
    for (const char byte : cut)
        hex += verb.letter == 'x' ? fmt::format("{:02x}", static_cast<unsigned char>(byte))
                                  : fmt::format("{:02X}", static_cast<unsigned char>(byte));
    return padded(verb, std::move(hex), verb.zeros);
}

std::string_view wanted_by(const Verb& verb) {
    if (verb.letter == 't') return "true or false";
    if (verb.letter == 'q') return "a string";
    return std::string_view{"feg"}.contains(verb.letter) ? "a number" : "a whole number";
}

std::string shown_scalar(const Verb& verb, const Json& value) {
    if (value.is_string()) {
        if (!std::string_view{"svqxX"}.contains(verb.letter)) throw cannot(verb, wanted_by(verb), value);
        return shown_text(verb, value.get_ref<const std::string&>());
    }
    if (std::string_view{"sv"}.contains(verb.letter)) {
        if (value.is_number_integer()) return whole_number(verb, value);
        if (value.is_number_float()) return float_number(verb, value);
        return padded(verb, value.is_null() ? "<nil>" : value.get<bool>() ? "true" : "false", false);
    }
    if (verb.letter == 't') {
        if (!value.is_boolean()) throw cannot(verb, wanted_by(verb), value);
        return padded(verb, value.get<bool>() ? "true" : "false", false);
    }
    if (verb.letter == 'q') throw cannot(verb, wanted_by(verb), value);
    if (std::string_view{"feg"}.contains(verb.letter)) {
        if (!value.is_number()) throw cannot(verb, wanted_by(verb), value);
        return float_number(verb, value);
    }
    const auto whole = as_whole(value);
    if (!whole && value.is_number())
        throw Error{Fault::usage, fmt::format("printf's {} wants {}, not {}", verb.name(), wanted_by(verb),
                                              number_text(value.get<double>()))};
    if (!whole) throw cannot(verb, wanted_by(verb), value);
    if (verb.letter != 'c') return whole_number(verb, *whole);
    std::string character;
    const auto code = whole->get<std::int64_t>();
    const bool exists = code >= 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    append_character(character, exists ? static_cast<std::int32_t>(code) : 0xfffd);
    return padded(verb, std::move(character), verb.zeros);
}

/// As in Go, a verb for an array or an object is one for each of its elements.
void append_shown(std::string& out, const Verb& verb, const Json& value, Budget& budget) {
    budget.work(1);
    if (value.is_array()) {
        out += '[';
        for (std::string_view between; const auto& element : value) {
            out += std::exchange(between, " ");
            append_shown(out, verb, element, budget);
        }
        out += ']';
    } else if (value.is_object()) {
        out += "map[";
        std::string_view between;
        for (const auto& [name, element] : sorted_fields(value)) {
            out += std::exchange(between, " ");
            append_shown(out, verb, Json(name), budget);
            out += ':';
            append_shown(out, verb, *element, budget);
        }
        out += ']';
    } else {
        const auto shown = shown_scalar(verb, value);
        budget.bytes(shown.size());
        out += shown;
    }
}

class Formatter {
public:
    explicit Formatter(Call& call)
        : call_(call) {}

    std::string run() {
        const auto& format = *call_.arguments[0];
        if (!format.is_string()) throw wrong_kind(call_.name, "a string as its format", format);
        rest_ = format.get_ref<const std::string&>();
        while (!rest_.empty()) {
            const auto literal = rest_.substr(0, rest_.find('%'));
            call_.budget.bytes(literal.size());
            out_ += literal;
            rest_.remove_prefix(literal.size());
            if (!rest_.empty()) verb();
        }
        const auto left = call_.arguments.size() - next_;
        if (left != 0)
            throw Error{Fault::usage,
                        fmt::format("printf has {} value{} too many for its format", left, left == 1 ? "" : "s")};
        return std::move(out_);
    }

private:
    bool accept(char byte) {
        if (!rest_.starts_with(byte)) return false;
        rest_.remove_prefix(1);
        return true;
    }

    const Json& argument(std::string_view verb) {
        if (next_ >= call_.arguments.size())
            throw Error{Fault::usage, fmt::format("printf has no value for {} in its format", verb)};
        return *call_.arguments[next_++];
    }

    /// A number, or * for one that is an argument.
    std::optional<std::int64_t> size() {
        std::optional<std::int64_t> size;
        if (accept('*')) {
            const auto& given = argument("*");
            if (!given.is_number_integer()) throw wrong_kind("printf's *", "a whole number", given);
            size = given.get<std::int64_t>();
        } else {
            for (; !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9' && size.value_or(0) <= widest;
                 rest_.remove_prefix(1))
                size = size.value_or(0) * 10 + (rest_[0] - '0');
        }
        return size;
    }

    std::size_t bounded(std::int64_t size) const {
        if (size < 0 || size > widest)
            throw Error{Fault::usage, fmt::format("a width of printf is at most {}", widest)};
        return static_cast<std::size_t>(size);
    }

    void verb() {
        accept('%');
        Verb verb;
        while (!rest_.empty()) {
            if (accept('-'))
                verb.left = true;
            else if (accept('0'))
                verb.zeros = true;
            else if (accept('+'))
                verb.sign = true;
            else if (accept(' '))
                verb.space = true;
            else if (accept('#'))
                verb.other = true;
            else
                break;
        }
        if (const auto width = size()) {
            // As in C, a negative width that is an argument means the left side.
            verb.left = verb.left || *width < 0;
            verb.width = bounded(*width < 0 && *width > INT64_MIN ? -*width : *width);
        }
        if (accept('.')) verb.precision = bounded(size().value_or(0));
        if (rest_.empty()) throw Error{Fault::usage, "the format of printf ends within a verb"};
        verb.letter = rest_.front();
        if (accept('%')) {
            out_ += '%';
            return;
        }
        if (!std::string_view{"vsqdxXobcfegt"}.contains(verb.letter))
            throw Error{Fault::usage, fmt::format("printf has no verb %{}", first_characters(rest_, 1))}.hint(
                "the verbs are %v %s %q %d %x %X %o %b %c %f %e %g %t and %%");
        accept(verb.letter);
        const auto& value = argument(verb.name());
        call_.budget.copy(value); // also refuses what is nested too deep
        append_shown(out_, verb, value, call_.budget);
    }

    Call& call_;
    std::string_view rest_;
    std::string out_;
    std::size_t next_ = 1;
};

} // namespace

Value print_formatted(Call& call) {
    return own(Formatter{call}.run());
}

} // namespace thv::cli::templates
