// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/common_options.hpp"
#include "cli/complete.hpp"
#include "cli/dispatch.hpp"
#include "cli/man.hpp"
#include "cli/output.hpp"
#include "io/deadline.hpp"
#include "support/catch.hpp"
#include "support/console_texts.hpp"

#include <csignal>

using namespace thv;
using namespace thv::cli;

namespace {

struct Counter {
    int made = 0;
    int used = 0;
};

struct Service {
    static constexpr std::string_view noun = "serving";
    int value = 7;
};

struct Plain {
    static constexpr Doc doc{.name = "plain", .summary = "needs nothing"};
    void declare(Args&) {}
    Task<> run(Console& console) const {
        console.print("plain");
        co_return;
    }
};

struct Use {
    static constexpr Doc doc{.name = "use", .summary = "needs the service", .aliases = "u using"};
    void declare(Args& args) { args.option("--plus", plus, ""); }
    Task<int> run(Service& service, const Globals& globals) const {
        co_return service.value + plus + (globals.debug ? 100 : 0);
    }
    int plus = 0;
};

struct Maybe {
    static constexpr Doc doc{.name = "deep maybe", .summary = "needs the service sometimes"};
    void declare(Args& args) { args.flag("--really", really, ""); }
    Task<int> run(Lazy<Service> service) const {
        if (!really) co_return 0;
        co_return service().value;
    }
    bool really = false;
};

struct Throw {
    static constexpr Doc doc{.name = "throw", .summary = "fails", .hidden = true};
    void declare(Args& args) { args.positional("HOW", how, ""); }
    Task<> run(Console& console) const {
        console.print("before");
        if (how == "error") throw Error{Fault::unreachable, "no engine"}.hint("start it");
        if (how == "code") throw Error{Fault::internal, "exec failed"}.exits(126);
        if (how == "finished") throw Finished{3};
        if (how == "typed") throw Error{Fault::interrupted, "interrupted"};
        if (how == "bug") throw std::runtime_error{"surprise"};
        if (how == "interrupted") {
            std::raise(SIGINT);
            co_await sleep_for(std::chrono::hours{1});
        }
        co_return;
    }
    std::string how;
};

struct Print {
    static constexpr Doc doc{.name = "print", .summary = "prints and fails", .hidden = true};
    void declare(Args& args) { output.declare(args); }
    Task<> run(Console& console) const {
        console.warn("careful");
        throw Error{Fault::unreachable, "no engine"};
        co_return;
    }
    Output output;
};

constexpr Entry entries[]{command<Maybe>(), command<Plain>(), command<Print>(), command<Throw>(), command<Use>()};
constexpr Topic topics[]{{"moons", "MOONS", "how many there are", "one"}};
constexpr Program program{.name = "prog",
                          .version = "1.2",
                          .summary = "A program.",
                          .examples = "prog plain",
                          .footer = "",
                          .tagline = "does things",
                          .see_also = "",
                          .date = "2026-11-28",
                          .topics = topics,
                          .commands = entries};

struct Run : ConsoleTexts {
    int code = 0;
    int services = 0; ///< how often the service was made
};

Run run(std::vector<std::string> words) {
    Run result;
    Service service;
    Console console{result.streams(), {}};
    result.code =
        dispatch(program, std::move(words), console, [&](Ports& ports, const Globals&) -> std::shared_ptr<void> {
            ports.provide<Service>([&]() -> Service& {
                ++result.services;
                return service;
            });
            return nullptr;
        });
    return result;
}

} // namespace

TEST_CASE("a topic is shown by help, and told of in the program's own help") {
    CHECK(run({"help", "moons"}).out == "one\n");
    CHECK_THAT(run({"help"}).out, ContainsSubstring("prog help moons  how many there are"));
    CHECK(run({"help", "plain"}).out == run({"plain", "--help"}).out);
    CHECK(run({"help", "suns"}).code == 2);
    CHECK(run({"help", "moon"}).err == "Error: there is no help for 'moon'\ndid you mean 'moons'?\n");
    CHECK(run({"help", "pain"}).err == "Error: there is no help for 'pain'\ndid you mean 'plain'?\n");
}

TEST_CASE("only the ports that a command names are made") {
    CHECK(run({"plain"}).services == 0);
    CHECK(run({"plain"}).out == "plain\n");
    CHECK(run({"use"}).services == 1);
    CHECK(run({"deep", "maybe"}).services == 0);
    CHECK(run({"deep", "maybe", "--really"}).code == 7);
    CHECK(run({"help", "use"}).services == 0);
}

TEST_CASE("what a command returns is the exit code, under any of its names") {
    CHECK(run({"use"}).code == 7);
    CHECK(run({"u", "--plus", "1"}).code == 8);
    CHECK(run({"using", "--plus=2"}).code == 9);
    CHECK(run({"--debug", "use"}).code == 107);
    CHECK(run({"use", "--debug"}).code == 107);
    CHECK(run({"use", "--debug=false"}).code == 7);
    CHECK(run({"--debug=false", "use"}).code == 7);
    CHECK(run({"use", "--debug=1"}).code == 107);
}

TEST_CASE("an option of every command is known before it, behind it, to completion, to help and to the manual") {
    const auto offers = [](const std::vector<std::string>& words, std::string_view option) {
        return std::ranges::count(complete(program, words).candidates, option, &Candidate::word) == 1;
    };
    for (const auto& option : common_options()) {
        const std::string name{option.long_name};
        INFO(name);
        const bool behind = !option.before_commands_only;
        CHECK_THAT(run({"--help"}).out, ContainsSubstring(name));
        CHECK_THAT(manual(program).at("prog.1"), ContainsSubstring(roff(name)));
        CHECK(offers({"--"}, name));
        CHECK(offers({"plain", "--"}, name) == behind);
        for (const auto& typed : {name, std::string{option.short_name}}) {
            if (typed.empty()) continue;
            std::vector<std::string> words{typed};
            if (option.value != nullptr)
                words.push_back(option.choices.empty() ? "some" : std::string{option.choices[0]});
            words.emplace_back("plain");
            CHECK(run(words).code == 0);
            std::ranges::rotate(words, words.end() - 1);
            CHECK(run(words).code == (behind ? 0 : 2));
        }
    }
}

TEST_CASE("an option of every command that is misspelt is suggested") {
    const auto [words, hint] = GENERATE(table<std::vector<std::string>, std::string>({
        {{"--contxt", "x", "plain"}, "did you mean '--context'?"},
        {{"--verson"}, "did you mean '--version'?"},
        {{"plain", "--kubeconfg=x"}, "did you mean '--kubeconfig'?"},
        {{"--kubeconfig"}, "--kubeconfig needs a value"},
        {{"plain", "--color", "alwys"}, "did you mean 'always'?"},
        {{"--debug=perhaps", "plain"}, "invalid value 'perhaps' for --debug: it must be true or false"},
    }));
    const auto result = run(words);
    CHECK(result.code == 2);
    CHECK_THAT(result.err, ContainsSubstring(hint));
}

TEST_CASE("the last one counts of an option of every command that is given twice") {
    CHECK(run({"--color", "always", "print", "--color", "never"}).err == "Warning: careful\nError: no engine\n");
}

TEST_CASE("a command that asks for what nobody provides says what is missing") {
    Ports ports;
    CHECK_THROWS_WITH(ports.get<Service>(), "serving is not available here");
}

TEST_CASE("every failure becomes text on stderr and an exit code") {
    const auto [how, code, err] = GENERATE(table<std::string, int, std::string>({
        {"error", 6, "Error: no engine\nstart it\n"},
        {"code", 126, "Error: exec failed\n"},
        {"finished", 3, ""},
        {"bug", 1, "Error: surprise\nthis is a bug in thv; please report it\n"},
        {"interrupted", 130, "Interrupted.\n"},
        {"typed", 130, "Interrupted.\n"},
    }));
    const auto result = run({"throw", how});
    CHECK(result.code == code);
    CHECK(result.err == err);
    if (how != "finished") CHECK(result.out == "before\n");
}

TEST_CASE("who asks for JSON is told of failures in JSON, also when the words cannot be understood") {
    const std::string warning = R"({"level":"warning","message":"careful"})";
    const std::string error = R"({"level":"error","code":"unreachable","exit_code":6,"message":"no engine"})";
    using Words = std::vector<std::string>;
    auto words = GENERATE(Words{"-o", "json"}, Words{"-ojson"}, Words{"-o=json"}, Words{"--output=jsonl"},
                          Words{"--output", "json"});
    words.insert(words.begin(), "print");
    CHECK(run(words).err == warning + "\n" + error + "\n");
    CHECK(run(words).code == 6);
    words.front() = "prnt";
    CHECK_THAT(run(words).err, StartsWith(R"({"level":"error","code":"usage","exit_code":2,)"));
}

TEST_CASE("who asks for anything else is told in words") {
    CHECK(run({"print", "--format", "json"}).err == "Warning: careful\nError: no engine\n");
    CHECK(run({"print", "-o", "yaml"}).err == "Warning: careful\nError: no engine\n");
}

TEST_CASE("--color decides about colours, before the command and behind it") {
    const std::string coloured = "\x1b[33mWarning:\x1b[0m careful\n\x1b[31mError:\x1b[0m no engine\n";
    CHECK(run({"print", "--color", "always"}).err == coloured);
    CHECK(run({"--color=always", "print"}).err == coloured);
    CHECK(run({"--color=never", "print"}).err == "Warning: careful\nError: no engine\n");
    CHECK(run({"--color", "auto", "print"}).err == "Warning: careful\nError: no engine\n");
    CHECK(run({"--color", "blue", "print"}).err ==
          "Error: invalid value 'blue' for --color: it must be one of auto, always, never\n");
}

TEST_CASE("unknown commands are exit code 2, on every level") {
    CHECK(run({"pain"}).err == "Error: unknown command 'pain'\ndid you mean 'plain'?\n");
    CHECK(run({"pain"}).code == 2);
    CHECK(run({"deep", "mabye"}).err == "Error: unknown command 'deep mabye'\ndid you mean 'maybe'?\n");
    CHECK(run({"dep"}).err == "Error: unknown command 'dep'\ndid you mean 'deep'?\n");
    CHECK(run({"deep", "zzzzzzzz"}).err == "Error: unknown command 'deep zzzzzzzz'\nsee 'prog deep --help'\n");
    CHECK(run({""}).code == 2);
}

TEST_CASE("help lists what is not hidden") {
    const auto help = run({"--help"});
    CHECK(help.code == 0);
    CHECK_THAT(help.out, ContainsSubstring("  deep   maybe\n  plain  needs nothing\n  use    needs the service\n"));
    CHECK_THAT(help.out, !ContainsSubstring("throw"));
    CHECK(run({"deep"}).out ==
          "Usage: prog deep COMMAND [OPTIONS]\n\nCommands:\n  maybe  needs the service sometimes\n");
    CHECK(run({"deep", "--help"}).out == run({"help", "deep"}).out);
    CHECK(run({"deep", "maybe", "-h"}).out == run({"help", "deep", "maybe"}).out);
    CHECK(run({"-V"}).out == "prog 1.2\n");
}

TEST_CASE("long text is broken between words") {
    CHECK(wrap("one two three", 0, 7) == "one two\nthree\n");
    CHECK(wrap("one\n\ntwo", 2, 80) == "  one\n\n  two\n");
    CHECK(wrap("incomprehensibilities", 2, 10) == "  incomprehensibilities\n");
    CHECK(wrap("", 2).empty());
}
