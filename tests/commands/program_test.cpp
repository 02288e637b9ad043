// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"
#include "support/catch.hpp"
#include "thv/commands.hpp"

#include <algorithm>

using namespace thv;
using test::Bench;
using Answer = Bench::Answer;

TEST_CASE("the command table is sorted and every command can be described") {
    const auto& program = commands::program();
    CHECK(std::ranges::is_sorted(program.commands, {}, [](const cli::Entry& entry) { return entry.doc->name; }));
    for (const auto& entry : program.commands) {
        CAPTURE(entry.doc->name);
        CHECK_FALSE(entry.doc->summary.empty());
        CHECK_FALSE(entry.doc->summary.ends_with('.'));
        CHECK_FALSE(entry.doc->examples.empty());
    }
}

TEST_CASE("thv alone explains itself and succeeds") {
    Bench bench;
    const auto answer = bench.thv({});
    CHECK(answer.code == 0);
    CHECK(answer.err.empty());
    CHECK(answer.out == test::golden("help/thv.txt", answer.out));
    CHECK(bench.thv({"help"}) == answer);
    CHECK(bench.thv({"--help"}) == answer);
    CHECK(bench.thv({"-h"}) == answer);
}

TEST_CASE("every command's help is as agreed") {
    Bench bench;
    for (const auto& entry : commands::program().commands) {
        std::string name{entry.doc->name};
        CAPTURE(name);
        std::vector<std::string> words{"help"};
        for (std::size_t at = 0; at != std::string::npos;) {
            const auto end = name.find(' ', at);
            words.push_back(name.substr(at, end - at));
            at = end == std::string::npos ? end : end + 1;
        }
        const auto answer = bench.thv(words);
        CHECK(answer.code == 0);
        std::ranges::replace(name, ' ', '-');
        CHECK(answer.out == test::golden("help/" + name + ".txt", answer.out));
    }
}

TEST_CASE("what cannot be understood is exit code 2 with what may have been meant") {
    Bench bench;
    const auto [words, err] = GENERATE(table<std::vector<std::string>, std::string>({
        {{"lst"}, "Error: unknown command 'lst'\ndid you mean 'list'?\n"},
        {{"frobnicate"}, "Error: unknown command 'frobnicate'\nsee 'thv --help'\n"},
        {{"--versoin"}, "Error: unknown flag '--versoin'\ndid you mean '--version'?\n"},
        {{"--all", "ls"}, "Error: unknown flag '--all'\noptions come behind the command; see 'thv --help'\n"},
        {{"ls", "--al"}, "Error: unknown flag '--al' for 'thv list'\ndid you mean '--all' or '--all-namespaces'?\n"},
        {{"ls", "--zzz=1"}, "Error: unknown flag '--zzz' for 'thv list'\nsee 'thv list --help'\n"},
        {{"ls", "-x"}, "Error: unknown flag '-x' for 'thv list'\nsee 'thv list --help'\n"},
        {{"ls", "fetch"}, "Error: unexpected argument 'fetch' for 'thv list'\nsee 'thv list --help'\n"},
        {{"ls", "--format", "xml"},
         "Error: invalid value 'xml' for --format: it must be one of mcpservers, table, wide, json, jsonl, yaml, name, "
         "custom-columns=HEADING:PATH,... or template=TEXT\nsee 'thv help formatting'\n"},
        {{"ls", "-o", "jsn"},
         "Error: invalid value 'jsn' for --output: it must be one of mcpservers, table, wide, json, jsonl, yaml, name, "
         "custom-columns=HEADING:PATH,... or template=TEXT\ndid you mean 'json'?\n"},
        {{"ls", "--format="}, "Error: '--format=' has no value behind its '='\n"},
        {{"ls", "--all=maybe"}, "Error: invalid value 'maybe' for --all: it must be true or false\n"},
        {{"ls", "-l", "team"}, "Error: --label: invalid label 'team'\nwrite it as KEY=VALUE\n"},
        {{"ls", "--group", "Tools"}, "*"},
        {{"ls", "--format"}, "*"},
    }));
    const auto answer = bench.thv(words);
    CAPTURE(answer);
    CHECK(answer.code == 2);
    CHECK(answer.out.empty());
    if (err == "*")
        CHECK_THAT(answer.err, StartsWith("Error: "));
    else
        CHECK(answer.err == err);
}

TEST_CASE("version asks for nothing but the console") {
    Bench bench;
    bench.engine.reachable = false;
    CHECK(bench.thv({"version"}).code == 0);
    CHECK_THAT(bench.thv({"version"}).out, StartsWith("thv " THV_VERSION "\nCommit: "));
    CHECK(bench.thv({"--version"}) == Answer{0, "thv " THV_VERSION "\n", ""});
    CHECK(bench.thv({"-V"}).out == "thv " THV_VERSION "\n");
    CHECK_THAT(bench.thv({"version", "--format", "json"}).out,
               StartsWith("{\n  \"version\": \"" THV_VERSION "\",\n  \"commit\": \""));
}
