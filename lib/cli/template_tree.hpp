// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// The parts that cli/template.hpp is made of.
namespace thv::cli::templates {

using Json = nlohmann::ordered_json;

struct Function;
struct Pipeline;

/// One word of a command, with the fields asked of it: `.a.b`, `$x.a`, `"text"`, `(…).a`, a function's name.
struct Operand {
    enum class Kind { dot, variable, literal, function, pipeline };
    Kind kind = Kind::dot;
    std::size_t at = 0;                       ///< offset in the template's text, as everywhere below
    std::string variable;                     ///< with its $
    Json literal;                             ///< null is nil
    const Function* function = nullptr;       ///< one of the table's
    std::shared_ptr<const Pipeline> pipeline; ///< in parentheses
    std::vector<std::string> fields;
};

struct Command {
    std::vector<Operand> operands; ///< at least one
};

struct Pipeline {
    std::size_t at = 0;
    std::vector<std::string> variables; ///< that take the value; two only in a range: index and element
    bool assigns = false;               ///< to variables that are there, instead of making them
    std::vector<Command> commands;      ///< at least one
};

struct Node;
using Nodes = std::vector<Node>;

struct Text {
    std::string text;
};
struct Action {
    Pipeline pipeline;
};
struct Branch {
    Pipeline condition;
    Nodes body;
};
/// if and with, each with its chain of else if, else with.
struct Choice {
    bool sets_dot = false; ///< with
    std::vector<Branch> branches;
    Nodes otherwise;
};
struct Range {
    Branch loop;
    Nodes otherwise;
};
enum class Jump { end_loop, next_round };

struct Node {
    std::variant<Text, Action, Choice, Range, Jump> what;
};

struct Tree {
    std::string text; ///< as it was given, for places in errors
    Nodes nodes;
};

/// "column 7", or "line 2, column 3" in a template of several lines; columns count characters.
std::string place(std::string_view text, std::size_t at);

/// A template that cannot be read.
Error invalid(std::string_view text, std::size_t at, std::string_view expected);

/// Throws Fault::usage.
Tree parse(std::string_view text);

std::string render(const Tree& tree, const Json& data);
std::string heading(const Tree& tree);

} // namespace thv::cli::templates
