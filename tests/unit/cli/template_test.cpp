// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/template.hpp"
#include "core/error.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace thv;
using cli::Template;
using Json = nlohmann::ordered_json;

namespace {

std::string render(std::string_view text, const Json& data) {
    return Template::parse(text).render(data);
}

const Json workload = Json::parse(R"({
    "name": "fetch", "transport_type": "stdio", "proxyURL": "http://127.0.0.1:1/mcp", "port": 8080, "share": 0.5,
    "whole": 2.0, "tools": ["a", "b"], "labels": {"a-b": "1", "a_b": "2"}, "group": null, "running": true})");

/// The message, and the hint behind " | ", of the usage error that `what` ends in; empty when it does not.
template <typename What>
std::string usage_error(What what) {
    try {
        what();
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::usage);
        return error.hint().empty() ? error.message() : error.message() + " | " + error.hint();
    }
    return {};
}

} // namespace

TEST_CASE("a field is found without regard to case, '_' and '-'") {
    struct Case {
        std::string_view text;
        std::string_view expected;
    };
    const std::vector<Case> cases{
        {"{{.transport_type}} {{.TransportType}} {{.transportType}} {{.TRANSPORTTYPE}}", "stdio stdio stdio stdio"},
        {"{{.Name}} {{.ProxyUrl}} {{.proxy_url}}", "fetch http://127.0.0.1:1/mcp http://127.0.0.1:1/mcp"},
        {"{{range .Tools}}{{$.Name}}/{{.}} {{end}}", "fetch/a fetch/b "},
        {"{{.Transport}}", "<no value>"},
    };
    for (const auto& [text, expected] : cases) {
        INFO(text);
        CHECK(render(text, workload) == expected);
    }
}

TEST_CASE("the exact name of a field comes before a similar one") {
    CHECK(render("{{.labels.a_b}}", workload) == "2");
    CHECK(render("{{.name}}{{.Name}}", Json::parse(R"({"Name": "upper", "name": "lower"})")) == "lowerupper");
    // Names of labels are data, so they are never guessed.
    CHECK(render(R"({{index .labels "a-b"}}{{index .labels "A-B"}})", workload) == "1<no value>");
}

TEST_CASE("a field of nothing is nothing") {
    CHECK(render("{{.group}} {{.group.name}} {{.nope.x.y}}", workload) == "<no value> <no value> <no value>");
    CHECK(render("{{if .group.name}}in{{else}}alone{{end}}", workload) == "alone");
}

TEST_CASE("whole and other numbers compare with each other") {
    CHECK(render("{{eq .whole 2}} {{lt .share 1}} {{gt .port 79.5}} {{eq 2 2.5}}", workload) == "true true true false");
    const auto big = Json::parse(R"({"big": 18446744073709551615, "least": -9223372036854775808})");
    CHECK(render("{{.big}} {{gt .big 1}} {{lt .least 0}} {{printf \"%d %x\" .least .big}}", big) ==
          "18446744073709551615 true true -9223372036854775808 ffffffffffffffff");
}

TEST_CASE("escapes of text are docker's, and those in strings are Go's") {
    CHECK(render(R"({{.name}}\t{{.port}}\n)", workload) == "fetch\t8080\n");
    CHECK(render(R"({{join .tools "\n"}}\d\\t)", workload) == "a\nb\\d\\\t");
    CHECK(render(R"(x\n {{- .name -}} \n y)", workload) == "xfetchy");
}

TEST_CASE("truncate does not cut a character in two") {
    CHECK(render("{{truncate .s 2}}", Json::parse(R"({"s": "żółw"})")) == "żó");
}

TEST_CASE("json writes one line in the order of the fields") {
    CHECK(render("{{json .tools}} {{json .labels}} {{json .group}}", workload) ==
          R"(["a","b"] {"a-b":"1","a_b":"2"} null)");
}

TEST_CASE("text that is not UTF-8 does no harm") {
    const Json data{{"s", "a\xff"}};
    CHECK(render("{{.s}}", data) == "a\xff");
    CHECK(render(R"({{json .s}} {{upper .s}} {{printf "%q" .s}} {{len .s}})", data) ==
          "\"a\ufffd\" A\ufffd \"a\\xff\" 2");
}

TEST_CASE("a template that cannot be read says where and what was expected") {
    struct Case {
        std::string_view text;
        std::string_view message; ///< behind "the template is not valid at "
    };
    constexpr std::string_view value = "a field, a variable, a function, a string or a number was expected";
    const std::vector<Case> cases{
        {"{{.name", "column 1: the '{{' here has no '}}'"},
        {"a\nbc {{.name", "line 2, column 4: the '{{' here has no '}}'"},
        {"żó{{", "column 3: the '{{' here has no '}}'"},
        {"{{/* open}}", "column 1: the comment that starts here has no '*/'"},
        {"{{/* x */ y}}", "column 10: '}}' was expected right behind the comment"},
        {"{{ /* x */ }}", "column 4: a comment starts right behind '{{' or '{{- '"},
        {R"({{"open}})", "column 3: the string that starts here has no closing '\"'"},
        {"{{`open}}", "column 3: the string that starts here has no closing '`'"},
        {R"({{"\q"}})", R"(column 4: a string knows the escapes \a \b \f \n \r \t \v \\ \" \x \u \U and octal ones)"},
        {"{{'a'}}", "column 3: strings are written \"…\" or `…`, not '…'"},
        {"{{99999999999999999999}}", "column 3: this is not a number, or a whole one beyond 64 bits"},
        {"{{.name)}}", "column 8: this ')' has no '('"},
        {"{{(.name}}", "column 9: ')' was expected"},
        {"{{end}}", "column 3: this belongs to no {{if}}, {{with}} or {{range}}"},
        {"{{if .on}}x", "column 3: the 'if' here has no {{end}}"},
        {"{{if .on}}a{{else}}b{{else}}c{{end}}", "column 23: {{end}} was expected: there was an {{else}} before"},
        {"{{break}}", "column 3: 'break' belongs into a range"},
        {"{{template `x`}}", "column 3: 'template' is not among what templates know here"},
        {"{{$x}}", "column 3: there is no variable '$x' | '$x := …' makes one"},
        {"{{$x, $y := 1}}", "column 5: only a range has two variables"},
        {"{{nil}}", "column 3: nil is only a value for functions"},
        {"{{.name .port}}", "column 3: only functions take values, and this is not one"},
        {"{{.name | 1}}", "column 11: only functions take values, and this is not one"},
        {"{{upper}}", "column 3: upper takes 1 value, not 0"},
        {"{{print json}}", "column 9: json takes 1 value, not 0"},
        {"{{.name | slice 1 2 3}}", "column 11: slice takes 1 to 3 values, not 4"},
        {"{{eq 1}}", "column 3: eq takes at least 2 values, not 1"},
        {"{{.a-b}}", "column 5: the end of a name was expected | a field whose name has other characters than letters, "
                     "digits and '_' is (index . \"its-name\")"},
    };
    for (const auto& [text, message] : cases) {
        INFO(text);
        CHECK(usage_error([&] { Template::parse(text); }) == "the template is not valid at " + std::string{message});
    }
    for (const std::string text : {"{{}}", "{{ | upper}}", "{{if}}x{{end}}", "{{range}}x{{end}}"})
        CHECK(usage_error([&] { Template::parse(text); }).ends_with(value));
}

TEST_CASE("a function that does not exist is named, with those that do") {
    const auto error = usage_error([] { Template::parse("{{.name | urlquery}}"); });
    CHECK(error.starts_with("the template is not valid at column 11: there is no function 'urlquery' | "));
    CHECK(error.contains("and, eq, ge, gt, index, join, json"));
}

TEST_CASE("a value of the wrong kind says where, and which kind it is") {
    struct Case {
        std::string_view text;
        std::string_view message; ///< behind "the template failed at "
    };
    const std::vector<Case> cases{
        {"{{.name}} {{upper .port}}", "column 13: upper wants a string, not a number"},
        {"{{lower .nope}}", "column 3: lower wants a string, not nothing"},
        {"{{.port | join .tools}}", "column 11: join wants a string, not a number"},
        {"{{join .labels `,`}}", "column 3: join wants an array, not an object"},
        {"{{len .running}}", "column 3: len wants a string, an array or an object, not true or false"},
        {"{{index .tools 2}}", "column 3: index wants a number from 0 to 1, not 2"},
        {"{{index .tools -1}}", "column 3: index wants a number from 0 to 1, not -1"},
        {"{{index .group `a`}}", "column 3: index wants an array or an object, not nothing"},
        {"{{index .labels 1}}", "column 3: index wants a string as the name of a field, not a number"},
        {"{{slice .name 3 1}}", "column 3: slice from 3 to 1 goes backwards"},
        {"{{truncate .name -1}}", "column 3: truncate wants a number from 0 to 67108864, not -1"},
        {"{{eq .name 1}}", "column 3: eq cannot compare a string with a number"},
        {"{{eq .tools .tools}}", "column 3: eq cannot compare an array with an array"},
        {"{{lt .running 1}}", "column 3: lt cannot compare true or false with a number"},
        {"{{range .name}}{{end}}", "column 9: range goes over an array or an object, not a string"},
        {"{{.name.first}}", "column 3: a field 'first' was asked of a string"},
        {"{{printf `%d` .name}}", "column 3: printf's %d wants a whole number, not a string"},
        {"{{printf `%t` .name}}", "column 3: printf's %t wants true or false, not a string"},
        {"{{printf `%q` .port}}", "column 3: printf's %q wants a string, not a number"},
        {"{{printf `%d` .share}}", "column 3: printf's %d wants a whole number, not 0.5"},
        {"{{printf `%s`}}", "column 3: printf has no value for %s in its format"},
        {"{{printf `x` 1}}", "column 3: printf has 1 value too many for its format"},
        {"{{printf `%`}}", "column 3: the format of printf ends within a verb"},
        {"{{printf `%9999999d` 1}}", "column 3: a width of printf is at most 1000000"},
        {"{{printf `%y` 1}}", "column 3: printf has no verb %y | the verbs are %v %s %q %d %x %X %o %b %c %f %e %g %t "
                              "and %%"},
    };
    for (const auto& [text, message] : cases) {
        INFO(text);
        const auto parsed = Template::parse(text);
        CHECK(usage_error([&] { parsed.render(workload); }) == "the template failed at " + std::string{message});
    }
}

TEST_CASE("a template is bounded in depth, output and work") {
    const auto nested = [](std::string_view open, std::string_view close, int depth) {
        std::string text;
        for (int i = 0; i < depth; ++i)
            text += open;
        text += open.ends_with('(') ? "1" : "x";
        for (int i = 0; i < depth; ++i)
            text += close;
        return text;
    };
    CHECK(render("{{" + nested("(", ")", 99) + "}}", {}) == "1");
    CHECK(usage_error([&] { Template::parse("{{" + nested("(", ")", 101) + "}}"); }).contains("levels are too deep"));
    CHECK(render(nested("{{if true}}", "{{end}}", 99), {}) == "x");
    CHECK(usage_error([&] { Template::parse(nested("{{if true}}", "{{end}}", 10000)); }).contains("too deep"));
    CHECK(usage_error([] { Template::parse(std::string((256U << 10U) + 1, 'x')); }).contains("longer than 256 KiB"));

    const std::string chain = "{{if false}}" + nested("{{else if false}}", "", 10000) + "{{else}}end{{end}}";
    CHECK(render(chain, {}) == "end");

    const auto failure = [](std::string_view text) {
        return usage_error([&] { render(text, Json::array({1, 2, 3})); });
    };
    CHECK(failure("{{range 1000000}}{{range 1000000}}{{end}}{{end}}").contains("does too much"));
    CHECK(failure("{{range 1000000000000}}{{continue}}{{end}}").contains("does too much"));
    CHECK(failure("{{range 1000}}{{printf `%1000000d` .}}{{end}}").contains("more than 64 MiB"));
    CHECK(failure("{{$x := `x`}}{{range 100}}{{$x = print $x $x}}{{end}}").contains("makes too much text"));
    CHECK(failure("{{$x := printf `%1000000d` 1}}{{range 100}}{{$y := split $x ``}}{{end}}").contains("too much"));
}

TEST_CASE("data that are nested deep are refused, not followed") {
    Json deep = Json::array();
    for (int i = 0; i < 1000; ++i)
        deep = Json::array({std::move(deep)});
    for (const std::string text : {"{{.}}", "{{json .}}", "{{printf `%v` .}}", "{{slice .}}"})
        CHECK(usage_error([&] { render(text, deep); }).ends_with("the data are nested too deep"));
}

TEST_CASE("a heading has the names of the fields in capitals") {
    struct Case {
        std::string_view text;
        std::string_view expected;
    };
    const std::vector<Case> cases{
        {R"({{.Name}}\t{{.TransportType}})", "NAME\tTRANSPORT TYPE"},
        {"{{.transport_type}} {{.proxyURL}} {{.ID}} {{.URLPath}} {{.Ipv4}}",
         "TRANSPORT TYPE PROXY URL ID URL PATH IPV4"},
        {"{{.Spec.Image}}|{{upper .Status}}|{{.Tools | json}}|{{(index .Servers 0).Port}}", "IMAGE|STATUS|TOOLS|PORT"},
        {R"({{printf "%s:%d" .Host .Port}})", "HOST PORT"},
        {R"({{or .Url .Url}} {{index .Labels "a"}} {{len .Tools}}{{"x"}}{{.}}{{json .}})", "URL LABELS TOOLS"},
        {"{{range .Tools}}{{.}}{{end}}", "TOOLS"},
        {"{{range $i, $e := .Tools}}{{if $i}}, {{end}}{{$e}}{{end}}", ", TOOLS"},
        {"{{if .Remote}}{{.Url}}{{else}}{{.Image}}{{end}}", "URL"},
        {"{{with .Group}}{{.}}{{else}}-{{end}}", "GROUP"},
        {"{{$x := .Name}}{{$x}} {{$.Port}}", "NAME PORT"},
    };
    for (const auto& [text, expected] : cases) {
        INFO(text);
        CHECK(Template::parse(text).heading() == expected);
    }
}
