// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/args.hpp"

#include "cli/common_options.hpp"
#include "cli/suggest.hpp"
#include "cli/values.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace thv::cli {

namespace {

using Typed = std::vector<std::string>;

int parse_int(const std::string& text, std::string_view name) {
    int value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size())
        throw bad_value(text, name, "it must be a whole number");
    return value;
}

Duration parse_span(const std::string& text, std::string_view name) {
    const auto span = parse_duration(text);
    if (!span) throw bad_value(text, name, span.error().message());
    if (*span < Duration::zero()) throw bad_value(text, name, "it must not be negative");
    return *span;
}

std::string long_of(const std::string& names) {
    const auto start = names.find("--");
    if (start == std::string::npos) return names;
    return names.substr(start, names.find(',', start) - start);
}

/// "--name=" would make the parser take the next word as the value.
void refuse_empty_values(const Typed& words) {
    for (const auto& word : words) {
        if (word == "--") return;
        if (word.starts_with("--") && word.find('=') == word.size() - 1)
            throw Error{Fault::usage, fmt::format("'{}' has no value behind its '='", word)};
    }
}

/// "-o=json" is "-ojson", as kubectl and docker understand it.
void join_short_values(Typed& words) {
    for (auto& word : words) {
        if (word == "--") return;
        if (word.size() > 3 && word[0] == '-' && word[1] != '-' && word[2] == '=') word.erase(2, 1);
    }
}

std::string see_help(const Doc& doc) {
    return fmt::format("see 'thv {} --help'", doc.name);
}

bool is_flag(const std::string& word) {
    return word.size() > 1 && word.starts_with('-');
}

void parse_words(CLI::App& app, const Doc& doc, Typed words) {
    std::ranges::reverse(words); // the parser takes them from the back
    try {
        app.parse(words);
    } catch (const CLI::ArgumentMismatch& error) { // it begins with the option's name
        const std::string text = error.what();
        throw Error{Fault::usage, fmt::format("{} needs a value", text.substr(0, text.find(':')))}.hint(see_help(doc));
    } catch (const CLI::ParseError& error) {
        throw Error{Fault::usage, error.what()}.hint(see_help(doc));
    }
}

CLI::Option* add_option(CLI::App& app, const std::string& names, bool has_value, bool repeatable) {
    const auto ignore = [](const CLI::results_t&) { return true; }; // what was typed is looked at behind the parsing
    auto* option = app.add_option(names, ignore);
    using Policy = CLI::MultiOptionPolicy;
    option->multi_option_policy(repeatable ? Policy::TakeAll : Policy::TakeLast);
    if (!has_value) option->expected(0);
    if (repeatable) option->expected(1, CLI::detail::expected_max_vector_size);
    option->allow_extra_args(false);
    return option;
}

using BoundCommon = std::vector<std::pair<const CommonOption*, CLI::Option*>>;

/// A short name that the command has itself is left to it.
BoundCommon bind_common(CLI::App& app, const std::deque<Parameter>& parameters) {
    BoundCommon bound;
    for (const auto& common : common_options()) {
        if (common.before_commands_only) continue;
        const auto short_name = fmt::format("{},", common.short_name);
        const bool taken = std::ranges::any_of(
            parameters, [&](const Parameter& parameter) { return parameter.names.starts_with(short_name); });
        const auto names = taken ? std::string{common.long_name} : common.names();
        bound.emplace_back(&common, add_option(app, names, common.value != nullptr, false));
    }
    return bound;
}

/// Whether help is asked for; that is not a mistake, whatever else was typed.
bool store(const BoundCommon& bound, Globals& globals) {
    for (const auto& [option, typed] : bound)
        if (typed->count() != 0 && option->long_name == "--help") return true;
    for (const auto& [option, typed] : bound)
        if (typed->count() != 0) option->store(globals, typed->results().back());
    return false;
}

} // namespace

std::string Parameter::long_name() const {
    return long_of(names);
}

Parameter& Args::add(std::string names, std::string help, Parameter::Kind kind, Parameter::Assign assign) {
    auto& parameter = parameters_.emplace_back();
    parameter.names = std::move(names);
    parameter.help = std::move(help);
    parameter.kind = kind;
    parameter.assign = std::move(assign);
    return parameter;
}

Parameter& Args::flag(std::string names, bool& field, std::string help) {
    auto assign = [&field, name = long_of(names)](const Typed& typed) { field = parse_bool(typed.back(), name); };
    return add(std::move(names), std::move(help), Parameter::Kind::flag, assign);
}

Parameter& Args::flag(std::string names, std::optional<bool>& field, std::string help) {
    auto assign = [&field, name = long_of(names)](const Typed& typed) { field = parse_bool(typed.back(), name); };
    return add(std::move(names), std::move(help), Parameter::Kind::flag, assign);
}

Parameter& Args::option(std::string names, std::string& field, std::string help) {
    auto assign = [&field](const Typed& typed) { field = typed.back(); };
    return add(std::move(names), std::move(help), Parameter::Kind::option, assign).placeholder("TEXT");
}

Parameter& Args::option(std::string names, Parameter::Assign assign, std::string help) {
    return add(std::move(names), std::move(help), Parameter::Kind::option, std::move(assign)).placeholder("TEXT");
}

Parameter& Args::option(std::string names, std::optional<std::string>& field, std::string help) {
    auto assign = [&field](const Typed& typed) { field = typed.back(); };
    return add(std::move(names), std::move(help), Parameter::Kind::option, assign).placeholder("TEXT");
}

Parameter& Args::option(std::string names, std::vector<std::string>& field, std::string help) {
    auto assign = [&field](const Typed& typed) { field = typed; };
    auto& parameter = add(std::move(names), std::move(help), Parameter::Kind::option, assign);
    parameter.repeatable = true;
    return parameter.placeholder("TEXT");
}

Parameter& Args::option(std::string names, int& field, std::string help) {
    auto assign = [&field, name = long_of(names)](const Typed& typed) { field = parse_int(typed.back(), name); };
    return add(std::move(names), std::move(help), Parameter::Kind::option, assign).placeholder("N");
}

Parameter& Args::option(std::string names, std::optional<int>& field, std::string help) {
    auto assign = [&field, name = long_of(names)](const Typed& typed) { field = parse_int(typed.back(), name); };
    return add(std::move(names), std::move(help), Parameter::Kind::option, assign).placeholder("N");
}

Parameter& Args::option(std::string names, Duration& field, std::string help) {
    auto assign = [&field, name = long_of(names)](const Typed& typed) { field = parse_span(typed.back(), name); };
    return add(std::move(names), std::move(help), Parameter::Kind::option, assign).placeholder("DURATION");
}

Parameter& Args::option(std::string names, std::optional<Duration>& field, std::string help) {
    auto assign = [&field, name = long_of(names)](const Typed& typed) { field = parse_span(typed.back(), name); };
    return add(std::move(names), std::move(help), Parameter::Kind::option, assign).placeholder("DURATION");
}

Parameter& Args::positional(std::string name, std::string& field, std::string help) {
    auto assign = [&field](const Typed& typed) { field = typed.back(); };
    return add(std::move(name), std::move(help), Parameter::Kind::positional, assign);
}

Parameter& Args::positional(std::string name, std::optional<std::string>& field, std::string help) {
    auto assign = [&field](const Typed& typed) { field = typed.back(); };
    return add(std::move(name), std::move(help), Parameter::Kind::positional, assign);
}

Parameter& Args::positional(std::string name, std::vector<std::string>& field, std::string help) {
    auto assign = [&field](const Typed& typed) { field = typed; };
    auto& parameter = add(std::move(name), std::move(help), Parameter::Kind::positional, assign);
    parameter.repeatable = true;
    return parameter;
}

Parameter& Args::rest(std::string name, std::vector<std::string>& field, std::string help) {
    auto& parameter = positional(std::move(name), field, std::move(help));
    parameter.kind = Parameter::Kind::rest;
    return parameter;
}

Error Args::unknown_flag(const Doc& doc, const std::string& word) const {
    const auto name = word.substr(0, word.find('='));
    if (std::ranges::find(unavailable_, name) != unavailable_.end())
        return Error{Fault::unsupported, fmt::format("'{}' is not available in this version of thv", name)}.hint(
            see_help(doc));
    auto known = common_option_names(false);
    for (const auto& parameter : parameters_)
        if (!parameter.argument() && !parameter.hidden) known.push_back(parameter.long_name());
    return Error{Fault::usage, fmt::format("unknown flag '{}' for 'thv {}'", name, doc.name)}.hint(
        did_you_mean(name, known, see_help(doc)));
}

void Args::assign_arguments(const Doc& doc, Typed words) const {
    for (const auto& parameter : parameters_) {
        if (parameter.kind != Parameter::Kind::positional) continue;
        if (parameter.required && words.empty())
            throw Error{Fault::usage, fmt::format("'thv {}' needs {}", doc.name, parameter.names)}.hint(see_help(doc));
        if (words.empty()) continue;
        const auto end = parameter.repeatable ? words.end() : words.begin() + 1;
        parameter.assign({words.begin(), end});
        words.erase(words.begin(), end);
    }
    if (words.empty()) return;
    const Error error{Fault::usage, fmt::format("unexpected argument '{}' for 'thv {}'", words.front(), doc.name)};
    throw error.hint(rest() != nullptr ? "put the server's own arguments behind '--'" : see_help(doc));
}

void Args::take(const std::vector<std::string>& words) const {
    for (const auto& parameter : parameters_)
        if (parameter.argument()) return parameter.assign(words);
}

void Args::daily(std::initializer_list<std::string_view> names) {
    std::size_t found = 0;
    for (auto& parameter : parameters_) {
        const bool daily = std::ranges::find(names, parameter.long_name()) != names.end();
        parameter.rare = !parameter.argument() && !daily;
        found += daily ? 1 : 0;
    }
    if (found != names.size()) throw std::logic_error{"an option is called daily that there is not"};
}

void Args::all_namespaces() {
    flag("-A,--all-namespaces", globals_.all_namespaces, "of all namespaces of the cluster");
}

const Parameter* Args::rest() const {
    const auto found = std::ranges::find(parameters_, Parameter::Kind::rest, &Parameter::kind);
    return found == parameters_.end() ? nullptr : &*found;
}

bool Args::parse(const Doc& doc, std::vector<std::string> words) {
    const auto* behind_dashes = rest();
    Typed behind;
    const auto dashes = std::ranges::find(words, "--");
    if (behind_dashes != nullptr && dashes != words.end()) {
        behind.assign(dashes + 1, words.end());
        words.erase(dashes, words.end());
    }
    refuse_empty_values(words);
    join_short_values(words);

    CLI::App app; // it knows the options; what it leaves over are the arguments
    app.set_help_flag();
    app.allow_extras();
    const auto common = bind_common(app, parameters_);
    std::vector<std::pair<const Parameter*, CLI::Option*>> bound;
    for (const auto& parameter : parameters_)
        if (!parameter.argument())
            bound.emplace_back(&parameter, add_option(app, parameter.names, parameter.kind != Parameter::Kind::flag,
                                                      parameter.repeatable));
    parse_words(app, doc, std::move(words));
    if (store(common, globals_)) return true;

    auto left = app.remaining();
    const auto marker = std::ranges::find(left, "--");
    const auto flag = std::find_if(left.begin(), marker, is_flag);
    if (flag != marker) throw unknown_flag(doc, *flag);
    if (marker != left.end()) left.erase(marker);
    for (const auto& [parameter, option] : bound) {
        if (option->count() == 0) continue;
        for (const auto& value : option->results())
            check_choice(value, parameter->long_name(), parameter->choices);
        parameter->assign(option->results());
    }
    assign_arguments(doc, std::move(left));
    if (!behind.empty()) behind_dashes->assign(behind);
    return false;
}

} // namespace thv::cli
