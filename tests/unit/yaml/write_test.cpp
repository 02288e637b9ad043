// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "support/catch.hpp"
#include "yaml/yaml.hpp"

#include <limits>
#include <random>

using namespace thv;
using Json = nlohmann::ordered_json;

namespace {

/// Values made to be hard: strings that look like something else, of odd characters, in odd places.
class Generator {
public:
    explicit Generator(unsigned seed)
        : random_(seed) {}

    Json value(int depth) {
        switch (below(depth > 0 ? 8 : 6)) {
        case 0:
            return nullptr;
        case 1:
            return below(2) == 0;
        case 2:
            return static_cast<std::int64_t>(random_()) - static_cast<std::int64_t>(random_()) * 1'000'000;
        case 3:
            return static_cast<double>(random_()) / (1.0 + static_cast<double>(below(1'000'000)));
        case 4:
        case 5:
            return text();
        case 6: {
            auto array = Json::array();
            for (auto i = below(4); i > 0; --i)
                array.push_back(value(depth - 1));
            return array;
        }
        default: {
            auto object = Json::object();
            for (auto i = below(4); i > 0; --i)
                object[text()] = value(depth - 1);
            return object;
        }
        }
    }

    std::string text() {
        static const std::vector<std::string> pieces{
            "a",    "b c", "true",   "yes",        "null",   "~",          "1",          "0x1",  ".5",     "1e3",
            "-",    "- ",  ":",      ": ",         " #",     "#",          "\n",         "\n\n", " ",      "  ",
            "\t",   "\r",  "'",      "\"",         "\\",     "&a",         "*a",         "!t",   "%",      "@",
            "`",    "|",   ">",      "{",          "}",      "[",          "]",          ",",    "?",      "? ",
            "---",  "...", "\u00e4", "\u2028",     "\ufeff", "\u0085",     "\U0001f600", "\x7f", "\uffff", "\ufffe",
            "\x01", "<<",  "=",      "2001-01-01", "12:30",  "key: value", "end:",
        };
        std::string made;
        for (auto i = below(5); i > 0; --i)
            made += pieces[below(pieces.size())];
        return made;
    }

private:
    std::size_t below(std::size_t bound) { return random_() % bound; }
    std::mt19937 random_;
};

} // namespace

TEST_CASE("block style is that of kubectl") {
    const auto value = Json::parse(R"({
        "apiVersion": "v1", "empty": {}, "none": [], "nothing": null,
        "list": [1, "two", [3, [4]], {"a": 1, "b": [5]}, {}],
        "nested": {"deep": {"er": true}},
        "text": "one\ntwo\n", "bare": "one\n\n  two", "more": "one\n\n",
        "quoted": ["yes", "1", "", "a: b", "#x", "it's: ", "*x", "2001-01-01", "\u0001", "-", "-x", " x"]
    })");
    CHECK(json_to_yaml(value) == R"(apiVersion: v1
empty: {}
none: []
nothing: null
list:
- 1
- two
- - 3
  - - 4
- a: 1
  b:
  - 5
- {}
nested:
  deep:
    er: true
text: |
  one
  two
bare: |-
  one

    two
more: |+
  one

quoted:
- "yes"
- "1"
- ""
- 'a: b'
- '#x'
- 'it''s: '
- '*x'
- "2001-01-01"
- "\u0001"
- '-'
- '-x'
- ' x'
)");
}

TEST_CASE("a document may be anything") {
    const auto [json, yaml] = GENERATE(table<std::string, std::string>({
        {"{}", "{}\n"},
        {"[]", "[]\n"},
        {"1", "1\n"},
        {"null", "null\n"},
        {R"("x")", "x\n"},
        {R"("a\nb")", "|-\n  a\n  b\n"},
        {R"([["a"]])", "- - a\n"},
        {R"([{"a": {"b": 1}}])", "- a:\n    b: 1\n"},
        {R"({"": 1, "a: b": 2, "1": 3})", "\"\": 1\n'a: b': 2\n\"1\": 3\n"},
    }));
    CHECK(json_to_yaml(Json::parse(json)) == yaml);
}

TEST_CASE("what is written reads back as the same") {
    const auto seed = GENERATE(range(0U, 3000U));
    CAPTURE(seed);
    const auto value = Generator{seed}.value(4);
    const auto yaml = json_to_yaml(value);
    CAPTURE(yaml);
    CHECK(yaml_to_json(yaml, "written") == value);
}

TEST_CASE("characters that YAML does not take are escaped") {
    const auto [text, yaml] = GENERATE(table<std::string, std::string>({
        {"\x01", "\"\\u0001\"\n"},
        {"\x7f", "\"\\x7f\"\n"},
        {"a\u0085", "\"a\\x85\"\n"},
        {"\u2028", "\"\\u2028\"\n"},
        {"\ufeff", "\"\\ufeff\"\n"},
        {"\uffff", "\"\\uffff\"\n"},
        {"\u00a0\U0001f600", "\u00a0\U0001f600\n"},
    }));
    CHECK(json_to_yaml(Json(text)) == yaml);
    CHECK(yaml_to_json(yaml, "written") == Json(text));
}

TEST_CASE("words that some reader takes for something else are quoted") {
    const auto* const word =
        GENERATE("y", "Y", "yes", "No", "ON", "off", "true", "Null", "~", "<<", "=", "1", "0b1", "0o7", "1_000",
                 "12:30:45", "2001-12-14t21:59:43", "+1", "-.5", ".5", ".inf", "-.INF", ".NaN", "0x1f", "1e3", "08");
    CHECK(json_to_yaml(Json(word)) == "\"" + std::string{word} + "\"\n");
}

TEST_CASE("what YAML cannot hold is not written") {
    CHECK_THROWS_AS(json_to_yaml(Json("\xff")), Error);
    CHECK_THROWS_AS(json_to_yaml(Json{{"\xff", 1}}), Error);
    CHECK_THROWS_AS(json_to_yaml(Json(std::numeric_limits<double>::infinity())), Error);
}
