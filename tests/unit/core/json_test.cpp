// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "core/json.hpp"
#include "support/catch.hpp"

using namespace thv;
using nlohmann::ordered_json;

namespace {

std::string refusal(std::string_view text, JsonLimits limits = {}) {
    try {
        parse_json(text, "f.json", limits);
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::usage);
        return error.message();
    }
    return "accepted";
}

std::string nested(int depth) {
    return std::string(depth, '[') + std::string(depth, ']');
}

} // namespace

TEST_CASE("JSON that is broken is refused with its place and without its content") {
    CHECK(refusal("") == "f.json: not valid JSON at byte 1");
    CHECK(refusal("{\"token\": hunter2}") == "f.json: not valid JSON at byte 11");
    CHECK(refusal("{\"a\":1} x") == "f.json: not valid JSON at byte 9");
    CHECK(refusal("{\"a\":\"\xff\"}") == "f.json: not valid JSON at byte 7");
    CHECK(refusal("{\"a\":\"\\ud800\"}") == "f.json: not valid JSON at byte 13");
    CHECK(refusal("{\"a\":1e999}") == "f.json: a number is out of range");
    CHECK(refusal(std::string_view{"\0\0\0", 3}) == "f.json: not valid JSON at byte 1");
    CHECK_THAT(refusal("{\"a\":\"cut of"), StartsWith("f.json: not valid JSON at byte"));
}

TEST_CASE("JSON that would cost too much is refused while it is read") {
    CHECK(refusal(nested(64)) == "accepted");
    CHECK(refusal(nested(65)) == "f.json: nested more than 64 deep");
    CHECK(refusal(std::string(500'000, '[')) == "f.json: nested more than 64 deep");
    CHECK(refusal("\"" + std::string(1U << 20U, 'x') + "\"") == "f.json: larger than 1048576 bytes");
    std::string wide = "{";
    for (int i = 0; i < 1025; ++i)
        wide += "\"k" + std::to_string(i) + "\":0,";
    wide.back() = '}';
    CHECK(refusal(wide) == "f.json: an object has more than 1024 fields");
    CHECK(refusal(R"({"a":1,"a":2,"a":3})", {.members = 2}) == "f.json: an object has more than 2 fields");
    CHECK(refusal(R"([{"a":1},{"b":1},{"c":{"d":1}}])", {.members = 1}) == "accepted");
}

TEST_CASE("of fields with one name the last counts") {
    CHECK(parse_json(R"({"a":1,"b":2,"a":3})", "f") == ordered_json{{"a", 3}, {"b", 2}});
}

TEST_CASE("JSON is written as Go writes it") {
    CHECK(to_go_json(ordered_json::object()) == "{}");
    CHECK(to_go_json(ordered_json{{"b", ordered_json::array()}, {"a", {1, "x"}}, {"n", nullptr}}) ==
          "{\n  \"b\": [],\n  \"a\": [\n    1,\n    \"x\"\n  ],\n  \"n\": null\n}");
    CHECK(to_go_json("<a href='x'>&\u2028\u2029\u2027é\x7f\t\x01\"\\/") ==
          "\"\\u003ca href='x'\\u003e\\u0026\\u2028\\u2029\u2027é\x7f\\t\\u0001\\\"\\\\/\"");
    CHECK(to_go_json(ordered_json{{"<k>", 1}}) == "{\n  \"\\u003ck\\u003e\": 1\n}");
    CHECK_THROWS_AS(to_go_json("\xff"), Error);
}

TEST_CASE("fields are read with their types checked, and null counts as missing") {
    const auto document = parse_json(
        R"({"s":"x","nul":"a\u0000b","i":7,"big":99999999999999999999,"neg":-1,"f":1.0,"b":true,"l":["a"],"mixed":["a",1],
            "t":{"k":"v"},"tn":{"k":1},"none":null})",
        "f");
    const Fields fields{document, "f"};
    CHECK(fields.text("s") == "x");
    CHECK(fields.text("none", "d") == "d");
    CHECK(fields.text("absent") == "");
    CHECK(fields.integer("i", 0, 10) == 7);
    CHECK(fields.integer("none", 1, 10) == 0);
    CHECK(fields.flag("b"));
    CHECK_FALSE(fields.flag("none"));
    CHECK(fields.texts("l") == std::vector<std::string>{"a"});
    CHECK(fields.texts("none").empty());
    CHECK(fields.table("t").at("k") == "v");
    CHECK(fields.table("absent").empty());
    CHECK_THROWS_WITH(fields.text("i"), "f: field 'i' must be a string without NUL");
    CHECK_THROWS_WITH(fields.text("nul"), "f: field 'nul' must be a string without NUL");
    for (const auto* key : {"s", "big", "neg", "f", "b", "l", "t"}) {
        INFO(key);
        CHECK_THROWS_WITH(fields.integer(key, 0, 10), ContainsSubstring("must be an integer from 0 to 10"));
    }
    CHECK_THROWS_WITH(fields.integer("i", 0, 6), ContainsSubstring("from 0 to 6"));
    CHECK_THROWS_WITH(fields.flag("s"), "f: field 's' must be true or false");
    CHECK_THROWS_AS(fields.texts("mixed"), Error);
    CHECK_THROWS_AS(fields.texts("s"), Error);
    CHECK_THROWS_AS(fields.table("tn"), Error);
    CHECK_THROWS_AS(fields.table("l"), Error);
    CHECK_THROWS_WITH((Fields{document["l"], "f"}), "f: must be a JSON object");
}
