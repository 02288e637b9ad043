// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/dispatch.hpp"

#include "cli/common_options.hpp"
#include "cli/complete.hpp"
#include "cli/lookup.hpp"
#include "cli/suggest.hpp"
#include "io/signals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <new>

namespace thv::cli {

namespace {

using Words = std::vector<std::string>;

constexpr int signal_base = 128;

Error unknown_command(const Program& program, std::string_view family, const std::string& word) {
    const auto prefix = family.empty() ? std::string{} : fmt::format("{} ", family);
    return Error{Fault::usage, fmt::format("unknown command '{}{}'", prefix, printable(word))}.hint(
        did_you_mean(word, known_words(program, family), fmt::format("see '{} {}--help'", program.name, prefix)));
}

bool is_help(const std::string& word) {
    return word == "-h" || word == "--help";
}

/// Throws for a word that is neither a command nor a topic, but looks like either.
void check_topic(const Program& program, const std::string& word) {
    if (find_command(program, "", word) != nullptr || is_family(program, word)) return;
    auto known = known_words(program, "");
    for (const auto& topic : program.topics)
        known.emplace_back(topic.name);
    auto hint = did_you_mean(word, known);
    if (hint.empty()) return;
    throw Error{Fault::usage, fmt::format("there is no help for '{}'", printable(word))}.hint(std::move(hint));
}

Invocation text_only(std::string text) {
    return {.command = nullptr, .text = std::move(text), .globals = {}};
}

Invocation bind(const Program& program, const Entry& entry, Words words) {
    Invocation invocation{.command = entry.make(), .text = {}, .globals = {}};
    auto& args = invocation.command->args();
    if (entry.doc->raw) {
        invocation.globals = complete(program, words).globals;
        args.take(words);
        return invocation;
    }
    if (args.parse(*entry.doc, std::move(words))) return text_only(command_help(program, *entry.doc, args));
    invocation.globals = args.globals();
    return invocation;
}

/// `words` starts with the command; behind it are its options.
Invocation command_of(const Program& program, Words words, Words globals) {
    const auto first = words.front();
    words.erase(words.begin());
    const auto bound = [&](const Entry& entry) {
        globals.insert(globals.end(), words.begin(), words.end());
        return bind(program, entry, std::move(globals));
    };
    if (const auto* entry = find_command(program, "", first)) return bound(*entry);
    if (!is_family(program, first)) throw unknown_command(program, "", first);
    if (words.empty() || is_help(words.front())) return text_only(family_help(program, first));
    const auto second = words.front();
    words.erase(words.begin());
    if (const auto* entry = find_command(program, first, second)) return bound(*entry);
    throw unknown_command(program, first, second);
}

Error unknown_global(const Program& program, const std::string& word) {
    return Error{Fault::usage, fmt::format("unknown flag '{}'", printable(word))}.hint(
        did_you_mean(word, common_option_names(true),
                     fmt::format("options come behind the command; see '{} --help'", program.name)));
}

/// Whether the words ask for JSON; known before they are understood, because to misunderstand them is an error, too.
bool ask_for_json(const Words& words) {
    static constexpr std::array<std::string_view, 2> forms{"json", "jsonl"};
    const auto is_form = [](std::string_view word) { return std::ranges::find(forms, word) != forms.end(); };
    std::string_view before;
    for (const std::string_view word : words) {
        if (word == "--") return false;
        if ((before == "-o" || before == "--output") && is_form(word)) return true;
        if (word.starts_with("--output=") && is_form(word.substr(word.find('=') + 1))) return true;
        if (word.starts_with("-o") && is_form(word.substr(word.starts_with("-o=") ? 3 : 2))) return true;
        before = word;
    }
    return false;
}

Task<int> run(const Invocation& invocation, Console& console, const Offer& offer) {
    Ports ports;
    ports.lend(console);
    ports.lend(invocation.globals);
    const auto owner = offer(ports, invocation.globals);
    const int code = co_await invocation.command->run(ports);
    co_return code;
}

int say_signal(int signal, Console& console) {
    console.say("Interrupted.");
    return signal_base + signal;
}

/// Takes "--context X", "--context=X", "--debug" and their like off the front of the words; none when that is not what
/// they start with. The long name is what every command knows.
std::optional<Words> take_common_option(Words& words) {
    const auto word = words.front();
    const auto equals = word.find('=');
    const auto* option = find_common_option(word.substr(0, equals));
    if (option == nullptr || (option->flag == nullptr && option->value == nullptr)) return std::nullopt;
    words.erase(words.begin());
    if (equals != std::string::npos) return Words{std::string{option->long_name} + word.substr(equals)};
    Words taken{std::string{option->long_name}};
    if (option->flag != nullptr) return taken;
    if (words.empty()) throw Error{Fault::usage, fmt::format("{} needs a value", option->long_name)};
    taken.push_back(words.front());
    words.erase(words.begin());
    return taken;
}

} // namespace

Invocation parse(const Program& program, Words words) {
    Words for_command;
    while (!words.empty() && words.front().starts_with('-')) {
        if (auto option = take_common_option(words)) {
            for_command.insert(for_command.end(), option->begin(), option->end());
            continue;
        }
        const auto word = words.front();
        words.erase(words.begin());
        if (is_help(word)) {
            words.insert(words.begin(), "help");
        } else if (word == "-V" || word == "--version") {
            return text_only(fmt::format("{} {}\n", program.name, program.version));
        } else {
            throw unknown_global(program, word);
        }
    }
    if (!words.empty() && words.front() == "help") {
        words.erase(words.begin());
        if (words.size() == 1) {
            auto topic = topic_help(program, words.front());
            if (!topic.empty()) return text_only(std::move(topic));
            check_topic(program, words.front());
        }
        if (!words.empty()) words.emplace_back("--help");
    }
    if (words.empty()) return text_only(program_help(program));
    return command_of(program, std::move(words), std::move(for_command));
}

int explain(const std::exception_ptr& failure, int signal, Console& console) {
    try {
        if (signal != 0) {
            // What a cancelled command throws tells nothing beyond the signal, unless it finished all the same.
            try {
                std::rethrow_exception(failure);
            } catch (const Finished& finished) {
                return finished.code();
            } catch (...) {
                return say_signal(signal, console);
            }
        }
        std::rethrow_exception(failure);
    } catch (const Finished& finished) {
        return finished.code();
    } catch (const Error& error) {
        if (error.fault() == Fault::interrupted) return say_signal(SIGINT, console); // in the middle of an answer
        console.complain(error);
        return error.exit();
    } catch (const std::bad_alloc&) {
        console.complain(Error{Fault::internal, "out of memory"});
    } catch (const std::exception& error) {
        console.complain(Error{Fault::internal, error.what()}.hint("this is a bug in thv; please report it"));
    } catch (...) {
        console.complain(Error{Fault::internal, "unknown failure"}.hint("this is a bug in thv; please report it"));
    }
    return exit_code(Fault::internal);
}

int dispatch(const Program& program, Words words, Console& console, const Offer& offer) {
    try {
        if (ask_for_json(words)) console.speak_json();
        const auto invocation = parse(program, std::move(words));
        if (invocation.globals.colour && invocation.globals.colour != "auto")
            console.colour(invocation.globals.colour == "always");
        if (!invocation.command) {
            console.write(invocation.text);
            console.flush();
            return 0;
        }
        const auto main = [&] { return run(invocation, console, offer); };
        const auto failed = [&](const std::exception_ptr& failure, int signal) {
            return explain(failure, signal, console);
        };
        const int code = run_until_signal(main, failed);
        console.flush();
        return code;
    } catch (...) {
        return explain(std::current_exception(), 0, console);
    }
}

} // namespace thv::cli
