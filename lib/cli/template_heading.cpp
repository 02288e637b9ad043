// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/template_text.hpp"
#include "cli/template_tree.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace thv::cli::templates {

namespace {

bool is_upper(char byte) {
    return byte >= 'A' && byte <= 'Z';
}

/// "transport_type", "TransportType" and "ProxyURL" are TRANSPORT TYPE and PROXY URL.
std::string words_of(std::string_view name) {
    std::string words;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] == '_') {
            words += ' ';
            continue;
        }
        const bool starts =
            i > 0 && is_upper(name[i]) && name[i - 1] != '_' &&
            (!is_upper(name[i - 1]) || (i + 1 < name.size() && !is_upper(name[i + 1]) && name[i + 1] != '_' &&
                                        (name[i + 1] < '0' || name[i + 1] > '9')));
        if (starts) words += ' ';
        words += name[i];
    }
    return upper(words);
}

/// Walks a template with names in the place of values.
class Heading {
public:
    std::string run(const Nodes& nodes) && {
        walk(nodes, "");
        return std::move(out_);
    }

private:
    void walk(const Nodes& nodes, const std::string& dot) {
        for (const auto& node : nodes)
            std::visit([&](const auto& what) { walk(what, dot); }, node.what);
    }

    void walk(const Text& text, const std::string& /*dot*/) { out_ += text.text; }
    void walk(Jump /*jump*/, const std::string& /*dot*/) {}

    void walk(const Action& action, const std::string& dot) {
        const auto name = name_of(action.pipeline, dot);
        if (action.pipeline.variables.empty()) out_ += name;
    }

    void walk(const Choice& choice, const std::string& dot) {
        const auto name = name_of(choice.branches.front().condition, dot);
        walk(choice.branches.front().body, choice.sets_dot ? name : dot);
    }

    void walk(const Range& range, const std::string& dot) {
        const auto& pipeline = range.loop.condition;
        const auto name = name_of(pipeline, dot);
        if (pipeline.variables.size() > 1) variables_[pipeline.variables.front()] = "";
        walk(range.loop.body, name);
    }

    /// The names of all that goes into a value, each once.
    std::string name_of(const Pipeline& pipeline, const std::string& dot) {
        std::vector<std::string> names;
        for (const auto& command : pipeline.commands)
            for (const auto& operand : command.operands) {
                auto name = name_of(operand, dot);
                if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
            }
        std::string joined;
        for (std::string_view between; const auto& name : names)
            joined.append(std::exchange(between, " ")).append(name);
        for (const auto& variable : pipeline.variables)
            variables_[variable] = joined;
        return joined;
    }

    std::string name_of(const Operand& operand, const std::string& dot) {
        if (!operand.fields.empty()) return words_of(operand.fields.back());
        switch (operand.kind) {
        case Operand::Kind::variable:
            return variables_[operand.variable];
        case Operand::Kind::pipeline:
            return name_of(*operand.pipeline, dot);
        case Operand::Kind::dot:
            return dot;
        default:
            return {};
        }
    }

    std::map<std::string, std::string> variables_;
    std::string out_;
};

} // namespace

std::string heading(const Tree& tree) {
    return Heading{}.run(tree.nodes);
}

} // namespace thv::cli::templates
