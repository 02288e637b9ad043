// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/args.hpp"
#include "support/catch.hpp"

#include <chrono>

using namespace thv;
using namespace thv::cli;
using namespace std::chrono_literals;

namespace {

constexpr Doc doc{.name = "try", .summary = "try it"};

struct Fields {
    bool all = false;
    std::optional<bool> isolate;
    std::string format = "text";
    std::optional<std::string> group;
    std::vector<std::string> env;
    int lines = 10;
    std::optional<int> port;
    Duration grace = 30s;
    std::string image;
    std::vector<std::string> names;
    std::vector<std::string> rest;

    bool operator==(const Fields&) const = default;
};

/// Parses with every kind of parameter there is.
Fields parse(std::vector<std::string> words) {
    Fields fields;
    Args args;
    args.flag("-a,--all", fields.all, "");
    args.flag("--isolate", fields.isolate, "");
    args.option("--format", fields.format, "").one_of({"text", "json"});
    args.option("-g,--group", fields.group, "");
    args.option("-e,--env", fields.env, "");
    args.option("-n,--lines", fields.lines, "");
    args.option("--port", fields.port, "");
    args.option("-t,--timeout", fields.grace, "");
    args.positional("IMAGE", fields.image, "");
    args.positional("NAME", fields.names, "");
    args.rest("ARG", fields.rest, "");
    args.unavailable({"--secret"});
    const bool help = args.parse(doc, std::move(words));
    CHECK_FALSE(help);
    return fields;
}

Error refusal(std::vector<std::string> words) {
    try {
        parse(std::move(words));
    } catch (const Error& error) {
        return error;
    }
    FAIL("it was accepted");
    return Error{Fault::internal, ""};
}

} // namespace

TEST_CASE("what is not typed keeps its default") {
    CHECK(parse({}) == Fields{});
}

TEST_CASE("options, flags and arguments may come in any order and any common spelling") {
    Fields expected;
    expected.all = true;
    expected.format = "json";
    expected.lines = 5;
    expected.image = "img";
    expected.names = {"one", "two"};
    const auto words = GENERATE(values<std::vector<std::string>>({
        {"--all", "--format", "json", "-n", "5", "img", "one", "two"},
        {"img", "one", "two", "-an5", "--format=json"},
        {"img", "-a", "one", "--lines=5", "two", "--format", "json"},
        {"-n5", "img", "one", "--all=true", "two", "--format", "text", "--format", "json"},
    }));
    CHECK(parse(words) == expected);
}

TEST_CASE("a list takes one value per option and never splits it") {
    CHECK(parse({"-e", "A=1,2", "img", "--env=B=[x,y]", "-eC=", "name"}).env ==
          std::vector<std::string>{"A=1,2", "B=[x,y]", "C="});
    CHECK(parse({"-e", "[A,B]"}).env == std::vector<std::string>{"[A,B]"});
    CHECK(parse({"img", "[a,b]"}).names == std::vector<std::string>{"[a,b]"});
    CHECK(parse({"-g", "[x]"}).group == "[x]");
}

TEST_CASE("a value may look like an option") {
    CHECK(parse({"-e", "-x"}).env == std::vector<std::string>{"-x"});
    CHECK(parse({"--group", "--all"}).group == "--all");
}

TEST_CASE("everything behind -- belongs to the server") {
    const auto fields = parse({"img", "-a", "--", "--all=no", "-e", "--", "x"});
    CHECK(fields.all);
    CHECK(fields.env.empty());
    CHECK(fields.rest == std::vector<std::string>{"--all=no", "-e", "--", "x"});
}

TEST_CASE("flags can be given a value") {
    CHECK(parse({"--isolate"}).isolate == true);
    CHECK(parse({"--isolate=false"}).isolate == false);
    CHECK(parse({}).isolate == std::nullopt);
    CHECK_FALSE(parse({"--all=false"}).all);
    CHECK(parse({"--all=false", "--all"}).all);
}

TEST_CASE("durations are Go's or a number of seconds") {
    CHECK(parse({"-t", "90"}).grace == 90s);
    CHECK(parse({"--timeout=1m30s"}).grace == 90s);
    CHECK(parse({"-t", "0"}).grace == 0s);
}

TEST_CASE("a word that is no value is refused with the flag's name and the reason") {
    const auto [words, message] = GENERATE(table<std::vector<std::string>, std::string>({
        {{"-n", "many"}, "invalid value 'many' for --lines: it must be a whole number"},
        {{"-n", "5x"}, "invalid value '5x' for --lines: it must be a whole number"},
        {{"--port", "99999999999"}, "invalid value '99999999999' for --port: it must be a whole number"},
        {{"--format", "yaml"}, "invalid value 'yaml' for --format: it must be one of text, json"},
        {{"--all=maybe"}, "invalid value 'maybe' for --all: it must be true or false"},
        {{"-t", "-5s"}, "invalid value '-5s' for --timeout: it must not be negative"},
        {{"--group="}, "'--group=' has no value behind its '='"},
    }));
    const auto error = refusal(words);
    CHECK(error.fault() == Fault::usage);
    CHECK(error.message() == message);
}

TEST_CASE("a value that is nearly one of those accepted is suggested") {
    CHECK(refusal({"--format", "jsn"}).hint() == "did you mean 'json'?");
    CHECK(refusal({"--format", "xml"}).hint().empty());
}

TEST_CASE("an option without its value is refused") {
    CHECK(refusal({"--group"}).message() == "--group needs a value");
    CHECK(refusal({"img", "-n"}).message() == "--lines needs a value");
    CHECK(refusal({"-t", "soon"}).fault() == Fault::usage);
}

TEST_CASE("unknown flags are errors wherever they stand, with what may have been meant") {
    CHECK(refusal({"--fromat", "json"}).message() == "unknown flag '--fromat' for 'thv try'");
    CHECK(refusal({"--fromat=json"}).hint() == "did you mean '--format'?");
    CHECK(refusal({"img", "--gruop", "x"}).hint() == "did you mean '--group'?");
    CHECK(refusal({"img", "-x"}).message() == "unknown flag '-x' for 'thv try'");
    CHECK(refusal({"--zzzzzz"}).hint() == "see 'thv try --help'");
}

TEST_CASE("an option that only other versions have is unsupported, not unknown") {
    CHECK(refusal({"--secret", "a,target=B", "img"}).fault() == Fault::unsupported);
    CHECK(refusal({"--secret=a"}).message() == "'--secret' is not available in this version of thv");
}

TEST_CASE("a mandatory argument is asked for by its name") {
    std::string name;
    Args args;
    args.positional("NAME", name, "").mandatory();
    CHECK_THROWS_WITH(args.parse(doc, {}), "'thv try' needs NAME");
    CHECK_THROWS_WITH(args.parse(doc, {"a", "b"}), "unexpected argument 'b' for 'thv try'");
    CHECK_THROWS_WITH(args.parse(doc, {"a", "--", "-b"}), "unexpected argument '-b' for 'thv try'");
}

TEST_CASE("-- ends the options of a command without server arguments") {
    std::vector<std::string> names;
    Args args;
    args.positional("NAME", names, "");
    CHECK_FALSE(args.parse(doc, {"a", "--", "-b", "--c="}));
    CHECK(names == std::vector<std::string>{"a", "-b", "--c="});
}

TEST_CASE("--help wins over everything that is missing or wrong") {
    std::string name;
    Args args;
    args.positional("NAME", name, "").mandatory();
    CHECK(args.parse(doc, {"--help"}));
    CHECK(args.parse(doc, {"-h", "--nonsense"}));
}
