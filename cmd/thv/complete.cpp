// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "io/deadline.hpp"
#include "thv/completion_commands.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv::commands {

constexpr Doc Complete::doc{
    .name = "__complete",
    .summary = "say what the last word of a command line may become",
    .examples = "thv __complete stop ''",
    .hidden = true,
    .raw = true,
};

constexpr Doc CompletionScript::doc{
    .name = "completion",
    .summary = "print a script that makes a shell complete thv",
    .description =
        "The packages put these scripts where shells look for them. Without a package, load the script in the "
        "shell's start-up file, or store it where the shell looks.\n\nCommands, flags, workloads, groups, "
        "images, contexts, and the tools of a server and their arguments are completed. An engine is "
        "asked only for its images, and for a tenth of a second; a cluster and an MCP server for a second.",
    .examples = "# bash, in ~/.bashrc\nsource <(thv completion bash)\n"
                "# zsh, in ~/.zshrc, behind compinit\nsource <(thv completion zsh)\n"
                "# fish\nthv completion fish > ~/.config/fish/completions/thv.fish",
};

void Complete::declare(Args& args) {
    args.positional("WORD", words, "the command line without the program");
}

void CompletionScript::declare(Args& args) {
    args.positional("SHELL", shell, "bash, zsh or fish").mandatory().suggests({"bash", "fish", "zsh"});
}

namespace {

/// As cobra numbers them.
enum Directive : int { usual = 0, no_space = 2, no_files = 4 };

constexpr auto patience = std::chrono::seconds{1};
constexpr std::size_t longest_description = 100;

bool takes_file(cli::Completer completer) {
    return completer == cli::Completer::file || completer == cli::Completer::profile;
}

/// One short line; what comes from servers is not trusted.
std::string one_line(const std::string& text) {
    auto line = cli::printable(text.substr(0, text.find('\n')));
    if (line.size() <= longest_description) return line;
    line.resize(line.rfind(' ', longest_description) == std::string::npos ? longest_description
                                                                          : line.rfind(' ', longest_description));
    return line + "…";
}

bool can_be_word(const std::string& word) {
    const auto odd = [](unsigned char byte) { return byte <= ' ' || byte == 0x7f; };
    return !word.empty() && std::ranges::none_of(word, odd);
}

/// What a shell would show on the command line is an error nowhere: TAB then offers what is known without asking.
Task<> add_live(LiveValues values, cli::Completion& completion) {
    try {
        co_await with_deadline(values.add(completion), patience, "completing");
    } catch (const Error&) {
        co_return;
    }
}

} // namespace

Task<> Complete::run(LiveValues values, Console& console) const {
    auto completion = cli::complete(program(), words);
    co_await add_live(values, completion);
    bool open_end = false;
    std::string text;
    for (const auto& [word, description] : completion.candidates) {
        if (!can_be_word(word) || !word.starts_with(completion.typed)) continue;
        open_end = open_end || word.ends_with('=');
        const auto about = one_line(description);
        text += fmt::format("{}{}{}{}\n", completion.before, word, about.empty() ? "" : "\t", about);
    }
    const int directive = (takes_file(completion.completer) ? usual : no_files) | (open_end ? no_space : usual);
    console.write(fmt::format("{}:{}\n", text, directive));
}

Task<> CompletionScript::run(Console& console) const {
    const auto script = completion_script(shell);
    if (script.empty())
        throw Error{Fault::usage, fmt::format("there is no completion for '{}'", shell)}.hint(
            "it must be bash, zsh or fish");
    console.write(script);
    co_return;
}

} // namespace thv::commands
