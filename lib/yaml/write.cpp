// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "yaml/scalar.hpp"
#include "yaml/yaml.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace thv {

namespace {

using nlohmann::ordered_json;

bool control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

/// What JSON leaves as it is and YAML (1.2, 5.1) does not take, or takes for a line's end.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> escapes{{
    {"\x7f", "\\x7f"},
    {"\u2028", "\\u2028"},
    {"\u2029", "\\u2029"},
    {"\ufeff", "\\ufeff"},
    {"\ufffe", "\\ufffe"},
    {"\uffff", "\\uffff"},
}};

/// Characters that are no good outside of double quotes: control ones, C1 ones, other line ends, the byte order mark.
bool needs_escapes(std::string_view text) {
    if (std::ranges::any_of(text, [](char c) { return control(c) && c != '\n'; })) return true;
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        const auto rest = text.substr(i);
        if (std::ranges::any_of(escapes, [&](const auto& escape) { return rest.starts_with(escape.first); }))
            return true;
        if (rest[0] == '\xc2' && static_cast<unsigned char>(rest[1]) < 0xa0) return true;
    }
    return false;
}

bool plain_is_fine(std::string_view text) {
    if (yaml::ambiguous(text) || text.find('\n') != std::string_view::npos) return false;
    if (std::string_view{"-?:,[]{}#&*!|>'\"%@` "}.find(text.front()) != std::string_view::npos) return false;
    if (text.starts_with("...") || text.back() == ' ' || text.back() == ':') return false;
    return text.find(": ") == std::string_view::npos && text.find(" #") == std::string_view::npos;
}

/// JSON's strings are among YAML's double-quoted ones.
std::string double_quoted(std::string_view text) {
    std::string out = ordered_json(text).dump();
    for (const auto& [from, to] : escapes)
        for (auto at = out.find(from); at != std::string::npos; at = out.find(from, at))
            out.replace(at, from.size(), to);
    for (std::size_t at = 0; (at = out.find('\xc2', at)) != std::string::npos; ++at)
        if (static_cast<unsigned char>(out[at + 1]) < 0xa0) {
            constexpr std::string_view digits = "0123456789abcdef";
            const auto code = static_cast<unsigned char>(out[at + 1]);
            out.replace(at, 2, {'\\', 'x', digits[code >> 4U], digits[code & 15U]});
        }
    return out;
}

std::string single_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text)
        out.append(c == '\'' ? 2 : 1, c);
    return out + '\'';
}

std::string quoted(std::string_view text) {
    const bool escaped = needs_escapes(text) || text.find('\n') != std::string_view::npos;
    return escaped || yaml::ambiguous(text) ? double_quoted(text) : single_quoted(text);
}

std::string scalar(std::string_view text) {
    return !needs_escapes(text) && plain_is_fine(text) ? std::string{text} : quoted(text);
}

/// Several lines that a literal block holds without an indentation indicator.
bool fits_block(std::string_view text) {
    const auto end = text.find('\n');
    return end != std::string_view::npos && text.front() != ' ' && text.front() != '\n' && !needs_escapes(text);
}

std::string block(std::string_view text, std::size_t indent) {
    const auto last = text.find_last_not_of('\n') + 1;
    const auto breaks = text.size() - last;
    std::string out = breaks == 0 ? "|-" : breaks == 1 ? "|" : "|+";
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        out += '\n';
        if (end != at) out.append(indent, ' ').append(text.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

class Writer {
public:
    /// What stands after a key's colon or an item's dash; `indent` is that of what is inside.
    void value(const ordered_json& value, std::size_t indent, bool in_sequence) {
        if (value.is_object() && !value.empty()) return object(value, indent, in_sequence);
        // kubectl does not indent the items of a sequence that is a field.
        if (value.is_array() && !value.empty()) return array(value, in_sequence ? indent : indent - step, in_sequence);
        out_ += ' ';
        if (value.is_string()) {
            const auto& text = value.get_ref<const std::string&>();
            if (!yaml::is_utf8(text)) throw Error{Fault::usage, "text that is not UTF-8 cannot be written as YAML"};
            out_ += fits_block(text) ? block(text, indent) : scalar(text);
        } else {
            if (value.is_number_float() && !std::isfinite(value.get<double>()))
                throw Error{Fault::usage, "an infinite number cannot be written as YAML"};
            out_ += value.dump();
        }
        out_ += '\n';
    }

    std::string take(const ordered_json& document) {
        if (document.is_structured() && !document.empty()) {
            if (document.is_object())
                object(document, 0, true);
            else
                array(document, 0, true);
        } else {
            value(document, step, true);
            out_.erase(0, 1);
        }
        return std::move(out_);
    }

private:
    static constexpr std::size_t step = 2;

    /// The first entry of what is in a sequence stands behind the dash.
    void begin(std::size_t indent, bool& inline_first) {
        const bool behind_dash = std::exchange(inline_first, false);
        if (!behind_dash)
            out_.append(indent, ' ');
        else if (!out_.empty())
            out_ += ' ';
    }

    void object(const ordered_json& value, std::size_t indent, bool in_sequence) {
        if (!in_sequence) out_ += '\n';
        for (const auto& [key, field] : value.items()) {
            begin(indent, in_sequence);
            if (!yaml::is_utf8(key)) throw Error{Fault::usage, "text that is not UTF-8 cannot be written as YAML"};
            out_ += scalar(key);
            out_ += ':';
            this->value(field, indent + step, false);
        }
    }

    void array(const ordered_json& value, std::size_t indent, bool in_sequence) {
        if (!in_sequence) out_ += '\n';
        for (const auto& item : value) {
            begin(indent, in_sequence);
            out_ += '-';
            this->value(item, indent + step, true);
        }
    }

    std::string out_;
};

} // namespace

std::string json_to_yaml(const ordered_json& value) {
    return Writer{}.take(value);
}

} // namespace thv
