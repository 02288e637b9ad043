// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/doc.hpp"
#include "cli/records.hpp"
#include "support/catch.hpp"
#include "support/console_texts.hpp"

#include <nlohmann/json.hpp>

using namespace thv;
using namespace thv::cli;

using Json = nlohmann::ordered_json;
using Words = std::vector<std::string>;

namespace {

/// What a command with -o prints.
struct Listing : ConsoleTexts {
    Output output;

    explicit Listing(Words words) {
        Args args;
        output.declare_list(args, {"special"});
        static constexpr Doc doc{.name = "list", .summary = "list"};
        static_cast<void>(args.parse(doc, std::move(words)));
    }

    Console console(Terminal terminal = {}) { return Console{streams(), terminal}; }

    Shape shape() const {
        return {{{.heading = "NAME"},
                 {.heading = "PORT"},
                 {.heading = "IMAGE", .wide = true},
                 {.heading = "REASON", .sparse = true}},
                none};
    }

    std::string print(const std::vector<Json>& things, Terminal terminal = {}) {
        auto console = this->console(terminal);
        const auto records = records_for(output, shape(), console);
        for (const auto& thing : things)
            records->add(record_of(thing));
        records->finish();
        console.flush();
        return out;
    }

    static Record record_of(const Json& thing) {
        const auto text = [&thing](const char* key) { return thing.contains(key) ? cell_of(thing[key]) : ""; };
        return {thing["name"], [=] { return Words{text("name"), text("port"), text("image"), text("reason")}; },
                [&thing] { return thing; }};
    }

    std::string none;
};

const std::vector<Json> things{
    Json::parse(R"({"name": "b", "port": 9, "image": "x/b:1", "labels": {"app.io/team": "ops"}})"),
    Json::parse(R"({"name": "a", "port": 10, "image": "x/a:1", "tools": [{"name": "t1"}, {"name": "t2"}]})"),
    Json::parse(R"({"name": "c", "image": "x/c:1"})"),
};

std::string refused(const Words& words) {
    try {
        const Listing listing{words};
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::usage);
        return error.message();
    }
    return "it was taken";
}

} // namespace

TEST_CASE("a list is printed in the form that is asked for") {
    const auto [words, expected] = GENERATE(table<Words, std::string>({
        {{}, "NAME  PORT\nb     9\na     10\nc\n"},
        {{"-o", "table"}, "NAME  PORT\nb     9\na     10\nc\n"},
        {{"--format", "text", "--no-headers"}, "b  9\na  10\nc\n"},
        {{"-o", "wide"}, "NAME  PORT  IMAGE\nb     9     x/b:1\na     10    x/a:1\nc           x/c:1\n"},
        {{"-o", "name"}, "b\na\nc\n"},
        {{"-q", "-o", "json"}, "b\na\nc\n"},
        {{"-o=jsonl"},
         R"({"name":"b","port":9,"image":"x/b:1","labels":{"app.io/team":"ops"}})"
         "\n"
         R"({"name":"a","port":10,"image":"x/a:1","tools":[{"name":"t1"},{"name":"t2"}]})"
         "\n"
         R"({"name":"c","image":"x/c:1"})"
         "\n"},
        {{"-o", "custom-columns=N:.name,TEAM:.labels.app\\.io/team,TOOLS:.tools[*].name"},
         "N  TEAM    TOOLS\nb  ops     <none>\na  <none>  t1,t2\nc  <none>  <none>\n"},
        {{"-o", "custom-columns=T:{.labels['app.io/team']},P:port", "--no-headers"},
         "ops     9\n<none>  10\n<none>  <none>\n"},
        {{"-o", "template={{.Name}}={{.Port}}"}, "b=9\na=10\nc=<no value>\n"},
        {{"--format", "{{.Image}}"}, "x/b:1\nx/a:1\nx/c:1\n"},
        {{"--format", "table {{.Name}}\\t{{.Image}}"}, "NAME  IMAGE\nb     x/b:1\na     x/a:1\nc     x/c:1\n"},
        {{"-o", "name", "--sort-by", "name"}, "a\nb\nc\n"},
        {{"-o", "name", "--sort-by", "{.port}"}, "b\na\nc\n"}, // 9 before 10, and what has none last
        {{"-o", "name", "--sort-by", ".tools[0].name"}, "a\nb\nc\n"},
    }));
    CHECK(Listing{words}.print(things) == expected);
}

TEST_CASE("json and yaml are one document, also when there is nothing") {
    CHECK(Listing{{"-o", "json"}}.print({}) == "[]\n");
    CHECK(Listing{{"-o", "yaml"}}.print({}) == "[]\n");
    CHECK(Listing{{"-o", "jsonl"}}.print({}).empty());
    CHECK(Json::parse(Listing{{"-o", "json"}}.print(things)) == Json(things));
    CHECK(Listing{{"-o", "yaml"}}.print({things.front()}) ==
          "- name: b\n  port: 9\n  image: x/b:1\n  labels:\n    app.io/team: ops\n");
}

TEST_CASE("a table of nothing is its heading, or what the command says of it") {
    CHECK(Listing{{}}.print({}) == "NAME  PORT\n");
    Listing listing{{}};
    listing.none = "nothing there";
    CHECK(listing.print({}).empty());
    CHECK(listing.err == "nothing there\n");
}

TEST_CASE("a column that is mostly empty is there when it has something to say") {
    const auto ill = Json::parse(R"({"name": "a", "reason": "exited"})");
    CHECK(Listing{{}}.print({ill}) == "NAME  PORT  REASON\na           exited\n");
}

TEST_CASE("only --no-trunc keeps a terminal from cutting") {
    const auto long_name = Json{{"name", std::string(50, 'n')}};
    const Terminal narrow{.out = true, .width = 20};
    CHECK(Listing{{"--no-headers"}}.print({long_name}, narrow) == std::string(17, 'n') + "…\n");
    CHECK(Listing{{"--no-headers", "--no-trunc"}}.print({long_name}, narrow) == std::string(50, 'n') + "\n");
}

TEST_CASE("each change of a watch is told at once, in every form") {
    const auto [form, expected] = GENERATE(table<std::string, std::string>({
        {"table", "NAME  PORT  REASON\nc\n"},
        {"name", "c\n"},
        {"json", R"({"change":"gone","workload":{"name":"c","image":"x/c:1"}})"
                 "\n"},
        {"jsonl", R"({"change":"gone","workload":{"name":"c","image":"x/c:1"}})"
                  "\n"},
        {"yaml", "---\nchange: gone\nworkload:\n  name: c\n  image: x/c:1\n"},
        {"custom-columns=WHAT:.change,N:.name", "WHAT  N\ngone  c\n"},
        {"{{.Change}} {{.Name}}", "gone c\n"},
        {"table {{.Change}}\\t{{.Name}}", "CHANGE  NAME\ngone    c\n"},
    }));
    Listing listing{{"-o", form, "--sort-by", ".name"}};
    auto console = listing.console();
    const auto records = records_for(listing.output, listing.shape(), console);
    records->tell("gone", "workload", Listing::record_of(things[2]));
    CHECK(listing.out == expected);
}

TEST_CASE("one thing is text for a person, and everything else for a program") {
    const auto [form, expected] = GENERATE(table<std::string, std::string>({
        {"table", "text\n"},
        {"wide", "text\n"},
        {"json", "{\n  \"name\": \"c\",\n  \"image\": \"x/c:1\"\n}\n"},
        {"yaml", "name: c\nimage: x/c:1\n"},
        {"jsonl", "{\"name\":\"c\",\"image\":\"x/c:1\"}\n"},
        {"name", "c\n"},
        {"custom-columns=I:.image", "I\nx/c:1\n"},
        {"template={{.Image}}", "x/c:1\n"},
    }));
    Listing listing{{"-o", form}};
    auto console = listing.console();
    print_thing(listing.output, "c", things[2], [&console] { console.print("text"); }, console);
    console.flush();
    CHECK(listing.out == expected);
}

TEST_CASE("a value from outside does nothing to a terminal, and comes whole to a program") {
    const auto hostile = Json{{"name", "x\x1b[2J"}, {"image", "a\tb"}};
    const Terminal terminal{.out = true, .width = 80};
    CHECK(Listing{{"-o", "name"}}.print({hostile}, terminal) == "x?[2J\n");
    CHECK(Listing{{"--format", "{{.Name}}"}}.print({hostile}, terminal) == "x?[2J\n");
    CHECK(Listing{{"--format", "{{.Name}}"}}.print({hostile}) == "x\x1b[2J\n");
    CHECK(Listing{{"-o", "custom-columns=N:.name"}}.print({hostile}, terminal) == "N\nx?[2J\n");
    CHECK(Listing{{"--format", "table {{.Image}}"}}.print({hostile}) == "IMAGE\na b\n");
}

TEST_CASE("a form that cannot be is refused before anything is done") {
    CHECK(refused({"-o", "xml"}) ==
          "invalid value 'xml' for --output: it must be one of special, table, wide, json, jsonl, yaml, name, "
          "custom-columns=HEADING:PATH,... or template=TEXT");
    CHECK(refused({"--format", ""}).starts_with("invalid value '' for --format"));
    CHECK(refused({"-o", "custom-columns=NAME"}) == "'NAME' is no column for custom-columns");
    CHECK(refused({"-o", "custom-columns=A:.b["}) == "'.b[' is no path in a document: a ']' is missing");
    CHECK(refused({"-o", "custom-columns=A:.b[x]"}) ==
          "'.b[x]' is no path in a document: between brackets there must be a number, a '*', or a key in quotes");
    CHECK(refused({"-o", "custom-columns=A:"}) == "'' is no path in a document: it is empty");
    CHECK(refused({"--sort-by", ".a..b"}) == "'.a..b' is no path in a document: a key is missing");
    CHECK(refused({"-o", "template={{.Name"}) != "it was taken");
}

TEST_CASE("a key to sort by that nothing has is a mistake, and names those that there are") {
    Listing listing{{"--sort-by", ".nmae"}};
    try {
        listing.print(things);
        FAIL("it was sorted");
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::usage);
        CHECK(error.message() == "nothing can be sorted by 'nmae'");
        CHECK(error.hint() == "there are the keys name, port, image, labels");
    }
    CHECK(Listing{{"--sort-by", ".nmae", "-q"}}.print({}).empty());
}
