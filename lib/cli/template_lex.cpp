// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/template_lex.hpp"

#include "cli/template_literal.hpp"

#include <algorithm>
#include <utility>

namespace thv::cli::templates {

namespace {

using Kind = Token::Kind;

bool is_space(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/// Letters beyond ASCII are not told from other characters there: a name may hold them all.
bool is_name(char byte) {
    return byte == '_' || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z') || static_cast<unsigned char>(byte) >= 0x80;
}

bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

constexpr std::string_view spaces = " \t\r\n";

/// "\t" and "\n", which a shell leaves as they are, become what they stand for.
std::string unescape(std::string_view text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool escape = text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == 't' || text[at + 1] == 'n');
        plain += !escape ? text[at] : text[++at] == 't' ? '\t' : '\n';
    }
    return plain;
}

class Lexer {
public:
    explicit Lexer(std::string_view text)
        : text_(text) {}

    std::vector<Token> run() && {
        bool trim = false; // what stands before this piece of text has asked for it
        while (at_ < text_.size()) {
            const auto open = std::min(text_.find("{{", at_), text_.size());
            const bool marked = open + 3 < text_.size() && text_[open + 2] == '-' && is_space(text_[open + 3]);
            add_text(open, trim, marked);
            if (open == text_.size()) break;
            at_ = open + (marked ? 4 : 2);
            trim = rest_from(at_).starts_with("/*") ? comment(open) : action(open);
        }
        add(Kind::end, text_.size());
        return std::move(tokens_);
    }

private:
    std::string_view rest_from(std::size_t at) const { return text_.substr(std::min(at, text_.size())); }
    std::string_view rest() const { return rest_from(at_); }
    char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool at_trimming_close() const {
        return rest().size() >= 4 && is_space(next()) && rest_from(at_ + 1).starts_with("-}}");
    }

    Token& add(Kind kind, std::size_t from) {
        tokens_.push_back(
            {.kind = kind, .at = from, .text = {}, .value = {}, .spaced = from > 0 && is_space(text_[from - 1])});
        return tokens_.back();
    }

    void add_text(std::size_t end, bool trim_front, bool trim_back) {
        const auto from = at_;
        auto piece = unescape(text_.substr(from, end - from));
        if (trim_front) piece.erase(0, std::min(piece.find_first_not_of(spaces), piece.size()));
        if (trim_back) piece.erase(piece.find_last_not_of(spaces) + 1);
        if (!piece.empty()) add(Kind::text, from).text = std::move(piece);
    }

    /// Whether what follows is to be trimmed.
    bool comment(std::size_t open) {
        const auto end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos) throw invalid(text_, open, "the comment that starts here has no '*/'");
        at_ = end + 2;
        const bool trim = at_trimming_close();
        if (!trim && !rest().starts_with("}}")) throw invalid(text_, at_, "'}}' was expected right behind the comment");
        at_ += trim ? 4 : 2;
        return trim;
    }

    bool action(std::size_t open) {
        add(Kind::open, open);
        while (true) {
            while (is_space(next()) && !at_trimming_close())
                ++at_;
            const bool trim = at_trimming_close();
            if (trim || rest().starts_with("}}")) {
                add(Kind::close, at_ + (trim ? 1 : 0));
                at_ += trim ? 4 : 2;
                return trim;
            }
            if (at_ >= text_.size()) throw invalid(text_, open, "the '{{' here has no '}}'");
            token();
        }
    }

    void token() {
        const auto from = at_;
        const char byte = next();
        const char second = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
        if (byte == '"' || byte == '`') return literal(string_literal(text_, at_), from);
        if (is_digit(byte) || ((byte == '.' || byte == '+' || byte == '-') && is_digit(second)) ||
            ((byte == '+' || byte == '-') && second == '.'))
            return literal(number_literal(text_, at_), from);
        if (byte == '.') return second != '\0' && is_name(second) ? name(Kind::field) : name(Kind::dot);
        if (byte == '$') return name(Kind::variable);
        if (is_name(byte)) return name(Kind::word);
        punctuation(from);
    }

    void literal(Json value, std::size_t from) {
        add(Kind::literal, from).value = std::move(value);
        tokens_.back().text = text_.substr(from, at_ - from);
    }

    void name(Kind kind) {
        const auto from = at_;
        const bool marked = kind != Kind::word;
        if (marked) ++at_;
        while (kind != Kind::dot && is_name(next()))
            ++at_;
        static constexpr std::string_view enders = ".,|:()";
        if (at_ < text_.size() && !is_space(next()) && !rest().starts_with("}}") && !enders.contains(next()))
            throw invalid(text_, at_, "the end of a name was expected")
                .hint("a field whose name has other characters than letters, digits and '_' is (index . \"its-name\")");
        const auto start = from + (kind == Kind::field ? 1 : 0);
        add(kind, from).text = text_.substr(start, at_ - start);
    }

    void punctuation(std::size_t from) {
        struct Mark {
            std::string_view text;
            Kind kind;
        };
        static constexpr std::array marks{Mark{":=", Kind::declare}, Mark{"=", Kind::assign}, Mark{"|", Kind::pipe},
                                          Mark{",", Kind::comma},    Mark{"(", Kind::left},   Mark{")", Kind::right}};
        for (const auto& mark : marks) {
            if (!rest().starts_with(mark.text)) continue;
            at_ += mark.text.size();
            add(mark.kind, from).text = mark.text;
            return;
        }
        if (next() == '\'') throw invalid(text_, from, "strings are written \"…\" or `…`, not '…'");
        if (rest().starts_with("/*")) throw invalid(text_, from, "a comment starts right behind '{{' or '{{- '");
        throw invalid(text_, from, "a field, a variable, a function, a string or a number was expected");
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::vector<Token> tokens_;
};

} // namespace

std::vector<Token> tokens_of(std::string_view text) {
    return Lexer{text}.run();
}

} // namespace thv::cli::templates
