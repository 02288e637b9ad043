// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/complete.hpp"

#include "cli/common_options.hpp"
#include "cli/lookup.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

namespace thv::cli {

namespace {

using Words = std::vector<std::string>;

/// An option as the walk along the command line sees it.
struct Option {
    std::string_view long_name;
    std::string_view short_name;
    std::string_view help;
    bool value = false;
    bool repeatable = false;
    const CommonOption* common = nullptr; ///< of every command
    const Parameter* parameter = nullptr; ///< of the command's own
};

std::vector<Option> options_of(const Args* args) {
    std::vector<Option> options;
    for (const auto& common : common_options())
        if (args == nullptr || !common.before_commands_only)
            options.push_back({.long_name = common.long_name,
                               .short_name = common.short_name,
                               .help = common.help,
                               .value = common.value != nullptr,
                               .common = &common});
    if (args == nullptr) return options;
    for (const auto& parameter : args->parameters()) {
        if (parameter.argument()) continue;
        const std::string_view names = parameter.names;
        const auto comma = names.find(',');
        Option option{.long_name = names.substr(comma == std::string_view::npos ? 0 : comma + 1),
                      .short_name = comma == std::string_view::npos ? std::string_view{} : names.substr(0, comma),
                      .help = parameter.help,
                      .value = parameter.kind == Parameter::Kind::option,
                      .repeatable = parameter.repeatable,
                      .parameter = &parameter};
        for (auto& common : options)
            if (common.short_name == option.short_name) common.short_name = {}; // -n may be the command's own
        options.push_back(option);
    }
    return options;
}

const Option* find(const std::vector<Option>& options, std::string_view name) {
    const auto called = [name](const Option& option) { return option.long_name == name || option.short_name == name; };
    const auto found = name.empty() ? options.end() : std::ranges::find_if(options, called);
    return found == options.end() ? nullptr : &*found;
}

/// A value that cannot be is noted, too: that it is wrong is told when the command is run.
void note_global(Globals& globals, const Option& option, const std::string& value) {
    if (option.long_name == "--all-namespaces") globals.all_namespaces = true;
    if (option.common == nullptr) return;
    if (option.common->flag != nullptr) globals.*option.common->flag = value != "false";
    if (option.common->value != nullptr) globals.*option.common->value = value;
}

/// What the value of an option or argument of a command may be.
void offer_values(Completion& completion, const Parameter& parameter) {
    completion.completer = parameter.completer;
    for (const auto* list : {&parameter.choices, &parameter.suggestions})
        for (const auto& word : *list)
            completion.candidates.push_back({word});
}

void offer_values(Completion& completion, const Option& option) {
    if (option.parameter != nullptr) return offer_values(completion, *option.parameter);
    completion.completer = option.common->completer;
    for (const auto word : option.common->choices)
        completion.candidates.push_back({std::string{word}});
}

/// One walk along the words of a command, or along those before it.
class Walk {
public:
    Walk(Completion& completion, std::vector<Option> options)
        : completion_(completion)
        , options_(std::move(options)) {}

    /// Takes the word if it is an option or the value of one.
    bool take(const std::string& word) {
        if (const auto* option = std::exchange(pending_, nullptr)) {
            note(*option, word);
            return true;
        }
        if (!word.starts_with('-') || word.size() == 1) return false;
        const auto equals = word.find('=');
        const auto* option = find(options_, std::string_view{word}.substr(0, equals));
        if (option == nullptr) return true; // a mistake, which is told when the command is run
        if (option->value && equals == std::string::npos)
            pending_ = option;
        else
            note(*option, equals == std::string::npos ? std::string{} : word.substr(equals + 1));
        return true;
    }

    /// What the last word may be, if it belongs to an option.
    bool complete(const std::string& word) {
        completion_.typed = word;
        if (pending_ != nullptr) {
            offer_values(completion_, *pending_);
            return true;
        }
        if (!word.starts_with('-')) return false;
        const auto equals = word.find('=');
        if (equals == std::string::npos) {
            for (const auto& option : options_)
                if (offered(option))
                    completion_.candidates.push_back({std::string{option.long_name}, std::string{option.help}});
            return true;
        }
        completion_.before = word.substr(0, equals + 1);
        completion_.typed = word.substr(equals + 1);
        const auto* option = find(options_, std::string_view{word}.substr(0, equals));
        if (option == nullptr) return true;
        if (option->value)
            offer_values(completion_, *option);
        else
            completion_.candidates = {{"true"}, {"false"}};
        return true;
    }

private:
    void note(const Option& option, const std::string& value) {
        completion_.options.insert_or_assign(std::string{option.long_name}, value);
        note_global(completion_.globals, option, value);
    }
    bool offered(const Option& option) const {
        if (option.parameter != nullptr && option.parameter->hidden) return false;
        return option.repeatable || !completion_.options.contains(std::string{option.long_name});
    }

    Completion& completion_;
    std::vector<Option> options_;
    const Option* pending_ = nullptr;
};

const Parameter* argument_at(const Args& args, std::size_t position) {
    const Parameter* last = nullptr;
    for (const auto& parameter : args.parameters()) {
        if (parameter.kind != Parameter::Kind::positional) continue;
        if (parameter.repeatable || position == 0) return &parameter;
        --position;
        last = &parameter;
    }
    return last != nullptr && last->repeatable ? last : nullptr;
}

bool has_rest(const Args& args) {
    return std::ranges::find(args.parameters(), Parameter::Kind::rest, &Parameter::kind) != args.parameters().end();
}

void complete_command(Completion& completion, const Entry& entry, const Words& words) {
    const auto bound = entry.make();
    const auto& args = bound->args();
    Walk walk{completion, options_of(&args)};
    bool behind_dashes = false;
    for (std::size_t at = 0; at + 1 < words.size(); ++at) {
        if (!behind_dashes && words[at] == "--")
            behind_dashes = true;
        else if (behind_dashes || !walk.take(words[at]))
            completion.arguments.push_back(words[at]);
    }
    const auto& last = words.back();
    completion.typed = last;
    if (behind_dashes && has_rest(args)) {
        completion.completer = Completer::file; // what the server takes, nobody here knows
        return;
    }
    if (!behind_dashes && walk.complete(last)) return;
    if (const auto* argument = argument_at(args, completion.arguments.size())) offer_values(completion, *argument);
}

/// The words behind those that may stand before a command; none when the last word is one of those.
std::optional<Words> behind_globals(Completion& completion, Words words) {
    Walk walk{completion, options_of(nullptr)};
    while (words.size() > 1 && walk.take(words.front()))
        words.erase(words.begin());
    if (words.size() == 1 && walk.complete(words.front())) return std::nullopt;
    return words;
}

} // namespace

std::vector<Candidate> command_candidates(const Program& program, std::string_view family) {
    std::vector<Candidate> candidates;
    for (const auto& word : known_words(program, family)) {
        const auto* entry = find_command(program, family, word);
        candidates.push_back(
            {word, entry != nullptr ? std::string{entry->doc->summary} : family_summary(program, word)});
    }
    return candidates;
}

Completion complete(const Program& program, Words words) {
    Completion completion;
    if (words.empty()) words.emplace_back();
    auto left = behind_globals(completion, std::move(words));
    if (!left) return completion;
    if (left->size() > 1 && left->front() == "help") {
        left->erase(left->begin());
        if (left->size() == 1)
            for (const auto& topic : program.topics)
                completion.candidates.push_back({std::string{topic.name}, std::string{topic.summary}});
    }
    if (left->size() == 1) {
        completion.typed = left->front();
        for (auto& candidate : command_candidates(program, ""))
            completion.candidates.push_back(std::move(candidate));
        return completion;
    }
    auto first = left->front();
    left->erase(left->begin());
    if (const auto* entry = find_command(program, "", first)) {
        complete_command(completion, *entry, *left);
        return completion;
    }
    if (!is_family(program, first)) return completion;
    if (left->size() == 1) {
        completion.typed = left->front();
        completion.candidates = command_candidates(program, first);
        return completion;
    }
    const auto second = left->front();
    left->erase(left->begin());
    if (const auto* entry = find_command(program, first, second)) complete_command(completion, *entry, *left);
    return completion;
}

} // namespace thv::cli
