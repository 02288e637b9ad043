// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/template_functions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <utility>

namespace thv::cli::templates {

namespace {

/// How a list of nodes ended.
enum class Flow { on, end_loop, next_round };

struct Variable {
    std::string_view name;
    Value value;
};

class Rendering {
public:
    Rendering(const Tree& tree, const Json& data)
        : text_(tree.text)
        , variables_{{"$", borrow(data)}} {}

    std::string run(const Nodes& nodes) && {
        const auto data = variables_.front().value; // a copy: the variables move when more come
        walk(nodes, data);
        return std::move(out_);
    }

private:
    /// Adds the place to what goes wrong in `what`.
    template <typename What>
    auto placed(std::size_t at, What what) {
        try {
            return what();
        } catch (const Error& error) {
            throw error.within(fmt::format("the template failed at {}", place(text_, at)));
        }
    }

    Error wrong(std::size_t at, std::string message) {
        return Error{Fault::usage, std::move(message)}.within(
            fmt::format("the template failed at {}", place(text_, at)));
    }

    Flow walk(const Nodes& nodes, const Value& dot) {
        for (const auto& node : nodes) {
            const auto flow = std::visit([&](const auto& what) { return walk(what, dot); }, node.what);
            if (flow != Flow::on) return flow;
        }
        return Flow::on;
    }

    Flow walk(const Text& text, const Value& /*dot*/) {
        write(text.text);
        return Flow::on;
    }

    Flow walk(Jump jump, const Value& /*dot*/) { return jump == Jump::end_loop ? Flow::end_loop : Flow::next_round; }

    Flow walk(const Action& action, const Value& dot) {
        const auto value = evaluate(action.pipeline, dot);
        if (!action.pipeline.variables.empty()) return Flow::on;
        if (value->is_null()) {
            write("<no value>");
        } else if (value->is_string()) {
            write(value->get_ref<const std::string&>());
        } else {
            std::string text;
            placed(action.pipeline.at, [&] { append_text(text, *value, budget_); });
            write(text);
        }
        return Flow::on;
    }

    Flow walk(const Choice& choice, const Value& dot) {
        const auto mark = variables_.size();
        const auto chosen = [&] {
            for (const auto& branch : choice.branches) {
                const auto value = evaluate(branch.condition, dot);
                if (is_true(*value)) return walk(branch.body, choice.sets_dot ? value : dot);
            }
            return walk(choice.otherwise, dot);
        };
        const auto flow = chosen();
        variables_.resize(mark);
        return flow;
    }

    Flow walk(const Range& range, const Value& dot) {
        const auto mark = variables_.size();
        const auto& pipeline = range.loop.condition;
        const auto value = evaluate(pipeline, dot);
        const bool any = rounds(range, value);
        const auto flow = any ? Flow::on : walk(range.otherwise, dot);
        variables_.resize(mark);
        return flow;
    }

    /// Whether there was anything to go over.
    bool rounds(const Range& range, const Value& value) {
        if (value->is_null()) return false;
        if (value->is_array()) {
            for (std::size_t i = 0; i < value->size(); ++i)
                if (!round(range, own(i), {value, &(*value)[i]})) break;
            return !value->empty();
        }
        if (value->is_object()) {
            budget_.work(value->size());
            for (const auto& [name, field] : sorted_fields(*value))
                if (!round(range, own(name), {value, field})) break;
            return !value->empty();
        }
        if (!value->is_number_integer() || range.loop.condition.variables.size() > 1)
            throw wrong(range.loop.condition.at,
                        fmt::format("range goes over an array or an object, not {}", kind_of(*value)));
        const auto count =
            value->is_number_unsigned()
                ? std::cmp_less(INT64_MAX, value->get<std::uint64_t>()) ? INT64_MAX : value->get<std::int64_t>()
                : value->get<std::int64_t>();
        for (std::int64_t i = 0; i < count; ++i)
            if (!round(range, own(i), own(i))) break;
        return count > 0;
    }

    /// Whether another round may follow.
    bool round(const Range& range, const Value& index, const Value& element) {
        const auto mark = variables_.size();
        set_loop_variables(range.loop.condition, index, element);
        step(range.loop.condition.at);
        const auto flow = walk(range.loop.body, element);
        variables_.resize(mark);
        return flow != Flow::end_loop;
    }

    void set_loop_variables(const Pipeline& pipeline, const Value& index, const Value& element) {
        const auto& names = pipeline.variables;
        if (names.empty()) return;
        variable(names.back()) = element;
        if (names.size() > 1) variable(names.front()) = index;
    }

    Value& variable(std::string_view name) {
        const auto found = std::ranges::find(variables_ | std::views::reverse, name, &Variable::name);
        return found->value; // the parser has seen to it that there is one
    }

    Value evaluate(const Pipeline& pipeline, const Value& dot) {
        Value value;
        for (const auto& command : pipeline.commands)
            value = evaluate(command, dot, std::exchange(value, nullptr));
        for (const auto& name : pipeline.variables) {
            if (pipeline.assigns)
                variable(name) = value;
            else
                variables_.push_back({name, value});
        }
        return value;
    }

    /// `piped` is the last argument, or a null pointer.
    Value evaluate(const Command& command, const Value& dot, Value piped) {
        const auto& first = command.operands.front();
        step(first.at);
        if (first.kind != Operand::Kind::function) return evaluate(first, dot);
        if (first.function->call == nullptr) return first_decisive(command, dot, piped);
        Call call{.name = first.function->name, .arguments = {}, .budget = budget_};
        for (const auto& operand : command.operands | std::views::drop(1))
            call.arguments.push_back(evaluate(operand, dot));
        if (piped) call.arguments.push_back(std::move(piped));
        return placed(first.at, [&] { return first.function->call(call); });
    }

    /// and, or: the first argument that decides, else the last one.
    Value first_decisive(const Command& command, const Value& dot, const Value& piped) {
        const bool decisive = command.operands.front().function->name == "or";
        Value value;
        for (const auto& operand : command.operands | std::views::drop(1)) {
            value = evaluate(operand, dot);
            if (is_true(*value) == decisive) return value;
        }
        return piped ? piped : value;
    }

    Value evaluate(const Operand& operand, const Value& dot) {
        step(operand.at);
        auto value = start(operand, dot);
        for (const auto& name : operand.fields)
            value = field(std::move(value), name, operand.at);
        return value;
    }

    Value start(const Operand& operand, const Value& dot) {
        switch (operand.kind) {
        case Operand::Kind::variable:
            return variable(operand.variable);
        case Operand::Kind::literal:
            return borrow(operand.literal);
        case Operand::Kind::pipeline:
            return evaluate(*operand.pipeline, dot);
        case Operand::Kind::function: {
            // As an argument, without arguments of its own.
            const Command command{{operand}};
            return evaluate(command, dot, nullptr);
        }
        case Operand::Kind::dot:
            break;
        }
        return dot;
    }

    Value field(Value value, std::string_view name, std::size_t at) {
        if (value->is_null()) return value;
        if (!value->is_object())
            throw wrong(at, fmt::format("a field '{}' was asked of {}", name, kind_of(*value)))
                .hint(value->is_array() ? "{{range …}} goes over an array, (index … 0) is its first element" : "");
        placed(at, [&] { budget_.work(value->size()); });
        const auto* const found = field_of(*value, name);
        return found == nullptr ? own(nullptr) : Value{value, found};
    }

    void step(std::size_t at) {
        placed(at, [&] { budget_.work(1); });
    }

    void write(std::string_view text) {
        if (out_.size() + text.size() > most_output)
            throw Error{Fault::usage, fmt::format("the template makes more than {} MiB of text", most_output >> 20U)};
        out_ += text;
    }

    std::string_view text_;
    std::vector<Variable> variables_;
    Budget budget_;
    std::string out_;
};

} // namespace

std::string render(const Tree& tree, const Json& data) {
    return Rendering{tree, data}.run(tree.nodes);
}

} // namespace thv::cli::templates
