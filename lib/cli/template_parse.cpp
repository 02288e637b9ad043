// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/template_functions.hpp"
#include "cli/template_lex.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace thv::cli::templates {

namespace {

using Kind = Token::Kind;

constexpr std::size_t most_text = 256U << 10U;
/// Of blocks and parentheses together.
constexpr int deepest = 100;

class Parser {
public:
    explicit Parser(std::string_view text)
        : text_(text)
        , tokens_(tokens_of(text)) {}

    Nodes run() && {
        auto nodes = list();
        if (next().kind != Kind::end) throw at(tokens_[at_ + 1], "this belongs to no {{if}}, {{with}} or {{range}}");
        return nodes;
    }

private:
    /// How deep we are, for as long as it lives.
    class Level {
    public:
        explicit Level(Parser& parser)
            : depth_(parser.depth_) {
            if (++depth_ > deepest) {
                --depth_;
                throw invalid(parser.text_, parser.next().at, fmt::format("more than {} levels are too deep", deepest));
            }
        }
        ~Level() { --depth_; }
        Level(const Level&) = delete;
        Level& operator=(const Level&) = delete;

    private:
        int& depth_;
    };

    const Token& next() const { return tokens_[at_]; }
    const Token& take() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }
    bool is(Kind kind) const { return next().kind == kind; }
    bool is_word(std::string_view word) const { return is(Kind::word) && next().text == word; }
    bool accept(Kind kind) {
        if (!is(kind)) return false;
        take();
        return true;
    }
    bool accept_word(std::string_view word) {
        if (!is_word(word)) return false;
        take();
        return true;
    }
    Error at(const Token& token, std::string_view expected) const { return invalid(text_, token.at, expected); }
    void close(std::string_view behind) {
        if (!accept(Kind::close)) throw at(next(), fmt::format("'}}}}' was expected behind {}", behind));
    }

    /// Whether the next action is {{end}}, {{else …}} or the end of all.
    bool at_end_of_list() const {
        if (is(Kind::end)) return true;
        if (!is(Kind::open)) return false;
        const auto& word = tokens_[at_ + 1];
        return word.kind == Kind::word && (word.text == "end" || word.text == "else");
    }

    Nodes list() {
        Nodes nodes;
        while (!at_end_of_list()) {
            const auto& token = take();
            nodes.push_back(token.kind == Kind::text ? Node{Text{token.text}} : action());
        }
        return nodes;
    }

    Node action() {
        const auto& word = next();
        if (accept_word("if")) return choice(word, false);
        if (accept_word("with")) return choice(word, true);
        if (accept_word("range")) return loop(word);
        if (is_word("break") || is_word("continue")) {
            if (loops_ == 0) throw at(word, fmt::format("'{}' belongs into a range", word.text));
            take();
            close(word.text);
            return {word.text == "break" ? Jump::end_loop : Jump::next_round};
        }
        if (is_word("define") || is_word("template") || is_word("block"))
            throw at(word, fmt::format("'{}' is not among what templates know here", word.text));
        auto value = pipeline("the action", Kind::close);
        return {Action{std::move(value)}};
    }

    /// Variables that a block declares are gone behind its end.
    template <typename Block>
    auto scoped(const Token& word, Block block) {
        const Level level{*this};
        const auto variables = variables_.size();
        auto node = block();
        if (!accept(Kind::open)) throw at(word, fmt::format("the '{}' here has no {{{{end}}}}", word.text));
        if (!accept_word("end")) throw at(next(), "{{end}} was expected: there was an {{else}} before");
        close("end");
        variables_.resize(variables);
        return Node{std::move(node)};
    }

    Node choice(const Token& word, bool sets_dot) {
        return scoped(word, [&] {
            Choice choice{.sets_dot = sets_dot, .branches = {}, .otherwise = {}};
            while (true) {
                auto condition = pipeline(word.text, Kind::close);
                choice.branches.push_back({std::move(condition), list()});
                if (!accept_else()) return choice;
                if (accept_word(word.text)) continue;
                close("else");
                choice.otherwise = list();
                return choice;
            }
        });
    }

    Node loop(const Token& word) {
        return scoped(word, [&] {
            Range range;
            range.loop.condition = pipeline("range", Kind::close);
            ++loops_;
            range.loop.body = list();
            --loops_;
            if (accept_else()) {
                close("else");
                range.otherwise = list();
            }
            return range;
        });
    }

    bool accept_else() {
        if (!is(Kind::open) || tokens_[at_ + 1].text != "else") return false;
        take();
        take();
        return true;
    }

    Pipeline pipeline(std::string_view where, Kind closing) {
        Pipeline pipeline{.at = next().at, .variables = {}, .assigns = false, .commands = {}};
        declarations(pipeline, where == "range");
        while (true) {
            pipeline.commands.push_back(command(!pipeline.commands.empty()));
            if (accept(Kind::pipe)) continue;
            if (accept(closing)) break;
            if (is(Kind::right)) throw at(next(), "this ')' has no '('");
            throw at(next(),
                     is(Kind::close) ? "')' was expected" : fmt::format("'|' or the end of {} was expected", where));
        }
        // Not before: `$x := $x` does not know itself.
        if (!pipeline.assigns)
            variables_.insert(variables_.end(), pipeline.variables.begin(), pipeline.variables.end());
        return pipeline;
    }

    /// "$x :=", "$x =", and in a range "$i, $e :=".
    void declarations(Pipeline& pipeline, bool in_range) {
        const auto kind_behind = [&](std::size_t tokens) {
            return at_ + tokens < tokens_.size() ? tokens_[at_ + tokens].kind : Kind::end;
        };
        if (!is(Kind::variable)) return;
        const auto behind = kind_behind(1);
        if (behind == Kind::comma) {
            if (!in_range) throw at(tokens_[at_ + 1], "only a range has two variables");
            if (kind_behind(2) != Kind::variable) throw at(tokens_[at_ + 2], "a second variable was expected");
            if (kind_behind(3) != Kind::declare && kind_behind(3) != Kind::assign)
                throw at(tokens_[at_ + 3], "':=' was expected");
            pipeline.variables.push_back(take().text);
            take();
        } else if (behind != Kind::declare && behind != Kind::assign) {
            return;
        }
        pipeline.variables.push_back(take().text);
        pipeline.assigns = take().kind == Kind::assign;
        if (!pipeline.assigns) return;
        for (const auto& variable : pipeline.variables)
            known(variable, pipeline.at);
    }

    void known(const std::string& variable, std::size_t place) const {
        if (std::ranges::find(variables_, variable) == variables_.end())
            throw invalid(text_, place, fmt::format("there is no variable '{}'", variable))
                .hint(fmt::format("'{} := …' makes one", variable));
    }

    Command command(bool piped) {
        Command command;
        const auto place = next().at;
        while (starts_operand()) {
            if (!command.operands.empty() && !next().spaced) throw at(next(), "a space was expected");
            const auto start = next().at;
            command.operands.push_back(operand());
            const auto& added = command.operands.back();
            // As an argument, a function has none of its own.
            if (command.operands.size() > 1 && added.kind == Operand::Kind::function)
                check_count(*added.function, 0, start);
        }
        if (command.operands.empty())
            throw at(next(), "a field, a variable, a function, a string or a number was expected");
        check(command, piped, place);
        return command;
    }

    void check(const Command& command, bool piped, std::size_t place) const {
        const auto& first = command.operands.front();
        const auto given = command.operands.size() - 1 + (piped ? 1 : 0);
        if (first.kind == Operand::Kind::function) return check_count(*first.function, given, place);
        if (given > 0) throw invalid(text_, place, "only functions take values, and this is not one");
        if (first.kind == Operand::Kind::literal && first.literal.is_null())
            throw invalid(text_, place, "nil is only a value for functions");
    }

    void check_count(const Function& function, std::size_t given, std::size_t place) const {
        if (given >= function.least && given <= function.most) return;
        const auto wanted = function.least == function.most  ? fmt::format("{}", function.least)
                            : function.most == Function::any ? fmt::format("at least {}", function.least)
                                                             : fmt::format("{} to {}", function.least, function.most);
        throw invalid(text_, place,
                      fmt::format("{} takes {} value{}, not {}", function.name, wanted,
                                  function.least == 1 && function.most == 1 ? "" : "s", given));
    }

    bool starts_operand() const {
        constexpr std::array starts{Kind::dot, Kind::field, Kind::variable, Kind::word, Kind::literal, Kind::left};
        return std::ranges::find(starts, next().kind) != starts.end();
    }

    Operand operand() {
        Operand operand = term();
        const bool takes_fields = operand.kind != Operand::Kind::dot && operand.kind != Operand::Kind::literal &&
                                  operand.kind != Operand::Kind::function;
        // .a.b is a chain, .a .b are two operands.
        while (is(Kind::field) && !next().spaced) {
            if (!takes_fields && operand.fields.empty()) throw at(next(), "this has no fields");
            operand.fields.push_back(take().text);
        }
        return operand;
    }

    Operand term() {
        const auto& token = take();
        Operand operand;
        operand.at = token.at;
        switch (token.kind) {
        case Kind::field:
            operand.fields.push_back(token.text);
            return operand;
        case Kind::variable:
            operand.kind = Operand::Kind::variable;
            operand.variable = token.text;
            known(token.text, token.at);
            return operand;
        case Kind::literal:
            operand.kind = Operand::Kind::literal;
            operand.literal = token.value;
            return operand;
        case Kind::left: {
            const Level level{*this};
            operand.kind = Operand::Kind::pipeline;
            auto inner = pipeline("what is in parentheses", Kind::right);
            operand.pipeline = std::make_shared<const Pipeline>(std::move(inner));
            return operand;
        }
        case Kind::word:
            return word(token, std::move(operand));
        default:
            return operand; // the dot
        }
    }

    Operand word(const Token& token, Operand operand) const {
        operand.kind = Operand::Kind::literal;
        if (token.text == "true" || token.text == "false") {
            operand.literal = token.text == "true";
            return operand;
        }
        if (token.text == "nil") return operand;
        operand.kind = Operand::Kind::function;
        operand.function = find_function(token.text);
        if (operand.function == nullptr)
            throw at(token, fmt::format("there is no function '{}'", token.text))
                .hint(fmt::format("a field has a dot before its name; the functions are {}", function_names()));
        return operand;
    }

    std::string_view text_;
    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    int depth_ = 0;
    int loops_ = 0;
    std::vector<std::string> variables_{"$"};
};

} // namespace

std::string place(std::string_view text, std::size_t at) {
    const auto before = text.substr(0, at);
    const auto line = std::ranges::count(before, '\n') + 1;
    const auto start = before.rfind('\n') + 1; // 0 without one
    const auto column =
        std::ranges::count_if(before.substr(start), [](char byte) { return (byte & 0xc0) != 0x80; }) + 1;
    return text.contains('\n') ? fmt::format("line {}, column {}", line, column) : fmt::format("column {}", column);
}

Error invalid(std::string_view text, std::size_t at, std::string_view expected) {
    return {Fault::usage, fmt::format("the template is not valid at {}: {}", place(text, at), expected)};
}

Tree parse(std::string_view text) {
    if (text.size() > most_text)
        throw Error{Fault::usage, fmt::format("the template is longer than {} KiB", most_text / 1024)};
    return {std::string{text}, Parser{text}.run()};
}

} // namespace thv::cli::templates
