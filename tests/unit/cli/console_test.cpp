// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/console.hpp"
#include "support/catch.hpp"

using namespace thv;
using namespace thv::cli;

namespace {

/// Collects what is written, in the order in which it would appear on one screen.
struct Screen {
    std::string text;
    std::optional<std::string> answer;
    Console console(Terminal terminal = {}) {
        return Console{{.out = [this](std::string_view bytes) { text += bytes; },
                        .err = [this](std::string_view bytes) { text += fmt_err(bytes); },
                        .read_line = [this] { return answer; },
                        .read_all = [](std::size_t) { return std::string{}; },
                        .read_hidden = [] { return std::nullopt; }},
                       terminal};
    }
    static std::string fmt_err(std::string_view bytes) { return "! " + std::string{bytes}; }
};

Outcome worked(std::string name) {
    return {std::move(name), std::nullopt};
}

Outcome failed(std::string name, Fault fault) {
    return {name, Error{fault, "cannot stop '" + name + "'"}};
}

} // namespace

TEST_CASE("results appear before the message that follows them") {
    Screen screen;
    auto console = screen.console();
    console.print("one");
    CHECK(screen.text.empty());
    console.say("a message");
    console.print("two");
    console.flush();
    CHECK(screen.text == "one\n! a message\ntwo\n");
}

TEST_CASE("an error is a line, and its hint another") {
    Screen screen;
    screen.console().complain(Error{Fault::not_found, "no workload named 'x'"}.hint("did you mean 'y'?"));
    CHECK(screen.text == "! Error: no workload named 'x'\n! did you mean 'y'?\n");
    screen.text.clear();
    screen.console({.colour = true}).complain(Error{Fault::usage, "no"});
    CHECK(screen.text == "! \x1b[31mError:\x1b[0m no\n");
}

TEST_CASE("a batch tells what became of each") {
    Screen screen;
    auto console = screen.console();
    console.report({worked("a"), worked("b")});
    console.flush();
    CHECK(screen.text == "a\nb\n");

    screen.text.clear();
    CHECK_THROWS_AS(console.report({worked("a"), failed("b", Fault::timed_out), worked("c")}), Finished);
    console.flush();
    CHECK(screen.text == "a\n! Error: cannot stop 'b'\nc\n");
}

TEST_CASE("the exit code of a batch tells whether something worked") {
    const auto [outcomes, code] = GENERATE(table<std::vector<Outcome>, int>({
        {{}, 0},
        {{worked("a")}, 0},
        {{failed("a", Fault::not_found)}, 5},
        {{failed("a", Fault::unreachable)}, 6},
        {{failed("a", Fault::not_found), failed("b", Fault::not_found)}, 5},
        {{failed("a", Fault::not_found), failed("b", Fault::timed_out)}, 1},
        {{failed("a", Fault::not_found), worked("b")}, 3},
    }));
    CHECK(exit_code_of(outcomes) == code);
}

TEST_CASE("a question without a terminal is refused with the way to answer it") {
    Screen screen;
    try {
        screen.console().confirm("Really?", "use --yes");
        FAIL("it was asked");
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::denied);
        CHECK(error.hint() == "use --yes");
    }
    CHECK(screen.text.empty());
}

TEST_CASE("only yes is a yes") {
    const auto [answer, expected] = GENERATE(table<std::optional<std::string>, bool>({
        {"y", true},
        {"Y", true},
        {"yes", true},
        {"", false},
        {"n", false},
        {"yellow", false},
        {std::nullopt, false},
    }));
    Screen screen;
    screen.answer = answer;
    CHECK(screen.console({.in = true}).confirm("Really?", "") == expected);
    CHECK(screen.text == "! Really? [y/N] ");
}

TEST_CASE("a program is told in JSON, a line for each message") {
    Screen screen;
    auto console = screen.console({.err = true, .colour = true});
    console.speak_json();
    console.print("a result");
    console.warn("careful");
    console.say("by the way");
    console.complain(Error{Fault::not_found, "no workload named 'x'"}.hint("did you mean 'y'?"));
    console.complain(Error{Fault::internal, "a \xff byte"}.exits(125));
    CHECK(screen.text ==
          "a result\n"
          "! {\"level\":\"warning\",\"message\":\"careful\"}\n"
          "! {\"level\":\"info\",\"message\":\"by the way\"}\n"
          "! {\"level\":\"error\",\"code\":\"not_found\",\"exit_code\":5,\"message\":\"no workload named "
          "'x'\",\"hint\":\"did you mean 'y'?\"}\n"
          "! {\"level\":\"error\",\"code\":\"internal\",\"exit_code\":125,\"message\":\"a \ufffd byte\"}\n");
}
