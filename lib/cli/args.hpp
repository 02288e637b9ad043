// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/completer.hpp"
#include "cli/doc.hpp"
#include "cli/globals.hpp"
#include "core/error.hpp"
#include "core/time.hpp"

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thv::cli {

/// One option, flag or argument of a command, as help and completion see it.
struct Parameter {
    enum class Kind { flag, option, positional, rest };
    /// Stores what was typed; throws Fault::usage for a value that it cannot be.
    using Assign = std::function<void(const std::vector<std::string>& typed)>;

    Kind kind = Kind::option;
    std::string names; ///< "-a,--all", "--group", or the argument's own name: "NAME"
    std::string help;
    std::string value;                    ///< the placeholder in help; empty for flags
    std::vector<std::string> choices;     ///< the only values accepted; empty: any
    std::vector<std::string> suggestions; ///< values that a shell offers; others are accepted, too
    Completer completer = Completer::none;
    bool repeatable = false;
    bool required = false;
    bool hidden = false;
    bool rare = false; ///< help names it behind those that are used daily
    Assign assign;

    bool argument() const { return kind == Kind::positional || kind == Kind::rest; }

    Parameter& placeholder(std::string text) {
        value = std::move(text);
        return *this;
    }
    Parameter& one_of(std::vector<std::string> words) {
        choices = std::move(words);
        return *this;
    }
    Parameter& suggests(std::vector<std::string> words) {
        suggestions = std::move(words);
        return *this;
    }
    Parameter& completes(Completer source) {
        completer = source;
        return *this;
    }
    Parameter& mandatory() {
        required = true;
        return *this;
    }
    Parameter& unlisted() {
        hidden = true;
        return *this;
    }
    Parameter& seldom() {
        rare = true;
        return *this;
    }
    /// "--all" of "-a,--all"; an argument's own name.
    std::string long_name() const;
};

/// What a command accepts. A command's declare() binds its fields to options; the fields must outlive the Args. A
/// field's value at that time is its default.
class Args {
public:
    Parameter& flag(std::string names, bool& field, std::string help);
    /// Accepts --x, --x=true and --x=false; none when it was not given.
    Parameter& flag(std::string names, std::optional<bool>& field, std::string help);
    /// When an option is given more than once the last one counts, except for lists, which collect. A list takes one
    /// value per occurrence and never splits it.
    Parameter& option(std::string names, std::string& field, std::string help);
    Parameter& option(std::string names, Parameter::Assign assign, std::string help);
    Parameter& option(std::string names, std::optional<std::string>& field, std::string help);
    Parameter& option(std::string names, std::vector<std::string>& field, std::string help);
    Parameter& option(std::string names, int& field, std::string help);
    Parameter& option(std::string names, std::optional<int>& field, std::string help);
    Parameter& option(std::string names, Duration& field, std::string help);
    Parameter& option(std::string names, std::optional<Duration>& field, std::string help);
    Parameter& positional(std::string name, std::string& field, std::string help);
    Parameter& positional(std::string name, std::optional<std::string>& field, std::string help);
    Parameter& positional(std::string name, std::vector<std::string>& field, std::string help);
    /// Takes everything behind "--" as it is.
    Parameter& rest(std::string name, std::vector<std::string>& field, std::string help);
    /// Options that other versions of thv know and this one does not: naming one is Fault::unsupported, not a typo.
    void unavailable(std::vector<std::string_view> names) { unavailable_ = std::move(names); }

    /// Parses what follows the command's name. Throws Fault::usage, or Fault::unsupported for an unavailable option.
    /// Only --help stops the parsing early: true.
    [[nodiscard]] bool parse(const Doc& doc, std::vector<std::string> words);
    /// Gives all words to the first argument, options or not.
    void take(const std::vector<std::string>& words) const;
    /// Says which options help shows first, by their long names; all others are marked as seldom used.
    void daily(std::initializer_list<std::string_view> names);
    /// Offers --all-namespaces.
    void all_namespaces();
    /// What was among the words that holds for every command.
    const Globals& globals() const { return globals_; }

    const std::deque<Parameter>& parameters() const { return parameters_; }

private:
    Parameter& add(std::string names, std::string help, Parameter::Kind kind, Parameter::Assign assign);
    const Parameter* rest() const;
    void assign_arguments(const Doc& doc, std::vector<std::string> words) const;
    Error unknown_flag(const Doc& doc, const std::string& word) const;

    std::deque<Parameter> parameters_; ///< a deque: references to its elements stay valid
    std::vector<std::string_view> unavailable_;
    Globals globals_;
};

} // namespace thv::cli
