// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "support/catch.hpp"
#include "yaml/yaml.hpp"

using namespace thv;
using Json = nlohmann::ordered_json;

namespace {

Json read(std::string_view text, YamlLimits limits = {}) {
    return yaml_to_json(text, "f.yaml", limits);
}

Error error_of(std::string_view text, YamlLimits limits = {}) {
    try {
        read(text, limits);
    } catch (const Error& error) {
        return error;
    }
    FAIL("nothing was thrown for " << text);
    throw std::logic_error{"unreachable"};
}

/// Levels of aliases, each of which stands for ten of the level before.
std::string bomb(int levels, const std::string& leaf) {
    std::string text = "a0: &a0 " + leaf + "\n";
    for (int level = 1; level <= levels; ++level) {
        const auto now = std::to_string(level);
        text += "a" + now + ": &a" + now + " [";
        for (int i = 0; i < 10; ++i)
            text += (i == 0 ? "*a" : ", *a") + std::to_string(level - 1);
        text += "]\n";
    }
    return text;
}

} // namespace

TEST_CASE("a plain scalar is what it is to kubectl") {
    const auto [text, json] = GENERATE(table<std::string, std::string>({
        {"null", "null"},
        {"~", "null"},
        {"Null", "null"},
        {"", "null"},
        {"true", "true"},
        {"False", "false"},
        {"TRUE", "true"},
        {"tRUE", R"("tRUE")"},
        {"0", "0"},
        {"-7", "-7"},
        {"+7", "7"},
        {"0644", "420"},
        {"0o17", "15"},
        {"0x1F", "31"},
        {"-0x10", "-16"},
        {"08", "8.0"},
        {"1.5", "1.5"},
        {".5", "0.5"},
        {"5.", "5.0"},
        {"1e3", "1000.0"},
        {"-1.5E-2", "-0.015"},
        {"+.5", "0.5"},
        {"1_000", R"("1_000")"},
        {"9223372036854775807", "9223372036854775807"},
        {"18446744073709551615", "18446744073709551615"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"18446744073709551616", "18446744073709551616.0"},
        {"-9223372036854775809", "-9223372036854775809.0"},
        {"1.2.3", R"("1.2.3")"},
        {"1e", R"("1e")"},
        {".", R"(".")"},
        {"-", "[null]"},
        {"0x", R"("0x")"},
        {"0b1", R"("0b1")"},
        {"1:30", R"("1:30")"},
        {"2001-01-01", R"("2001-01-01")"},
        {"v1", R"("v1")"},
        {"a b", R"("a b")"},
        {"=", R"("=")"},
    }));
    CAPTURE(text);
    CHECK(read(text) == Json::parse(json));
    CHECK(read(text).type_name() == std::string{Json::parse(json).type_name()});
}

TEST_CASE("yes, no, on and off are words") {
    const auto* const word = GENERATE("yes", "no", "on", "off", "Yes", "NO", "y", "n", "On", "OFF");
    CHECK(read(word) == Json(word));
}

TEST_CASE("what is quoted, tagged as a string or a block is a string") {
    const auto [text, json] = GENERATE(table<std::string, std::string>({
        {"'12'", R"("12")"},
        {"\"true\"", R"("true")"},
        {"\"\\u00e4\\n\\x41\"", "\"\u00e4\\nA\""},
        {"!!str 12", R"("12")"},
        {"''", R"("")"},
        {"|\n  12\n", R"("12\n")"},
        {">-\n  a\n  b\n", R"("a b")"},
        {"|\n  12", R"("12")"},
        {"|+\n  12\n\n", R"("12\n\n")"},
        {"'12\n'\n...\n", R"("12 ")"},
        {"!!int 12", "12"},
        {"!!float 1", "1.0"},
        {"!!bool true", "true"},
        {"!!null ~", "null"},
        {"!!seq [1]", "[1]"},
        {"!!map {a: 1}", R"({"a": 1})"},
    }));
    CAPTURE(text);
    CHECK(read(text) == Json::parse(json));
}

TEST_CASE("mappings keep their order, and their keys are strings as they were written") {
    const auto json = read("b: 1\na: {c: [1, x, {}], 1: [], true: no}\n012: {}\n\"q\": !!str\n");
    CHECK(json.dump() == R"({"b":1,"a":{"c":[1,"x",{}],"1":[],"true":"no"},"012":{},"q":""})");
}

TEST_CASE("an alias is what its anchor names") {
    const auto json = read("base: &b {x: [1, 2]}\ncopy: *b\nlist: [*b, &s text, *s]\n");
    CHECK(json.dump() == R"({"base":{"x":[1,2]},"copy":{"x":[1,2]},"list":[{"x":[1,2]},"text","text"]})");
    CHECK(read("- &a 1\n- &a 2\n- *a\n").dump() == "[1,2,2]");
}

TEST_CASE("an error tells the place and why, and never what is there") {
    const auto [text, message] = GENERATE(table<std::string, std::string>({
        {"a: 1\nb: [secret", "f.yaml:2:1: end of sequence flow not found"},
        {"a: 1\na: secret", "f.yaml:2:1: a key that this mapping has already"},
        {"a: 1\n\"a\": secret", "f.yaml:2:1: a key that this mapping has already"},
        {"? [secret]\n: 1", "f.yaml:1:3: a key that is not a scalar, or a bracket that is not closed"},
        {"? {secret: 1}\n: 1", "f.yaml:1:3: a key that is not a scalar, or a bracket that is not closed"},
        {"{\"a\": \"secret\"\n", "f.yaml:1:1: a key that is not a scalar, or a bracket that is not closed"},
        {"a: \"secret", "f.yaml:1:11: illegal EOF in scalar"},
        {"a: \"secret\n", "f.yaml:2:1: illegal EOF in scalar"},
        {"a: \"secret\n  ", "f.yaml:3:1: illegal EOF in scalar"},
        {"a: 'secret\nb: 1\n", "f.yaml:3:1: illegal EOF in scalar"},
        {"[1, {a: \"secret\r\n", "f.yaml:2:1: illegal EOF in scalar"},
        {"a: \"secret\n...\n\"\n", "f.yaml:2:1: illegal document indicator in scalar"},
        {"a: &x 1\n*x : 2", "f.yaml:2:1: an alias as a key"},
        {"a: *secret", "f.yaml:1:4: this is not YAML"},
        {"a: &x [*x]", "f.yaml:1:8: an alias for what it is a part of"},
        {"<<: {a: 1}", "f.yaml:1:1: merge keys are not understood"},
        {"a: !secret 1", "f.yaml:1:4: a tag that is not understood"},
        {"a: !!binary aGk=", "f.yaml:1:4: a tag that is not understood"},
        {"a: !!int secret", "f.yaml:1:4: a tag that is not understood, or does not fit"},
        {"a: !secret [1]", "f.yaml:1:4: a tag that is not understood"},
        {"a: .inf", "f.yaml:1:4: a number that is too large, or infinite, or none"},
        {"a: .nan", "f.yaml:1:4: a number that is too large, or infinite, or none"},
        {"a: 1e999", "f.yaml:1:4: a number that is too large, or infinite, or none"},
        {"a: \"\xff\"", "f.yaml:1:4: text that is not UTF-8"},
        {"a: \"\xc0\xaf\"", "f.yaml:1:4: text that is not UTF-8"},
        {"a: \"\xed\xa0\x80\"", "f.yaml:1:4: text that is not UTF-8"},
        {"a: b: secret", "f.yaml:1:5: illegal map value"},
        {"\tsecret: 1", "f.yaml:1:8: illegal map value"},
        {"a: 1\n---\nb: 2\n", "f.yaml: one document is expected, not 2"},
    }));
    const auto error = error_of(text);
    CHECK(error.fault() == Fault::usage);
    CHECK_THAT(error.message(), StartsWith(message));
    CHECK(error.message().find("secret") == std::string::npos);
}

TEST_CASE("a text costs no more than its limits") {
    CHECK_THAT(error_of("abcdef", {.bytes = 5}).message(), ContainsSubstring("longer than 5 bytes"));
    CHECK_THAT(error_of("[1, 2, 3]", {.nodes = 3}).message(), ContainsSubstring("more than 3 values"));
    CHECK_THAT(error_of("[abc, def]", {.text = 5}).message(), ContainsSubstring("more than 5 bytes of text"));
    CHECK_THAT(error_of("[[[1]]]", {.depth = 2}).message(), ContainsSubstring("nested more than 2 deep"));
    CHECK(read("[[1]]", {.nodes = 3, .text = 1}).dump() == "[[1]]");
    CHECK(read("[[1]]", {.depth = 2}).dump() == "[[1]]");
}

TEST_CASE("nesting is bounded, in flow and in block style and through aliases") {
    CHECK_THAT(error_of(std::string(100'000, '[')).message(), StartsWith("f.yaml:1:"));
    std::string blocks;
    for (int i = 0; i < 2000; ++i)
        blocks += "- ";
    CHECK_THAT(error_of(blocks + "1").message(), ContainsSubstring("nested more than 64 deep"));
    std::string chain = "a0: &a0 [1]\n";
    for (int i = 1; i < 70; ++i)
        chain += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + "]\n";
    CHECK_THAT(error_of(chain).message(), ContainsSubstring("nested more than 64 deep"));
}

TEST_CASE("aliases of aliases do not explode") {
    CHECK_THAT(error_of(bomb(9, "[x]")).message(), ContainsSubstring("more than 200000 values"));
    CHECK_THAT(error_of(bomb(3, std::string(100'000, 'x'))).message(), ContainsSubstring("bytes of text"));
    CHECK(read(bomb(2, "[x]")).at("a2").size() == 10);
}

TEST_CASE("a mapping with very many keys is read in a moment") {
    std::string text;
    for (int i = 0; i < 90'000; ++i)
        text += "k" + std::to_string(i) + ": 1\n";
    CHECK(read(text).size() == 90'000);
}

TEST_CASE("a stream gives all its documents, without the empty ones") {
    const auto documents = yaml_documents("---\na: 1\n---\n---\n# only a comment\n---\n[x]\n...\n---\nb\n", "f.yaml");
    REQUIRE(documents.size() == 3);
    CHECK(documents[0].dump() == R"({"a":1})");
    CHECK(documents[1].dump() == R"(["x"])");
    CHECK(documents[2].dump() == R"("b")");
    CHECK(yaml_documents("", "f.yaml").empty());
    CHECK(read("# nothing\n").is_null());
    CHECK(read("---\n---\na: 1\n").dump() == R"({"a":1})");
}

TEST_CASE("an anchor does not reach into the next document") {
    CHECK_THROWS_AS(yaml_documents("&a 1\n---\n*a\n", "f.yaml"), Error);
}

TEST_CASE("JSON is YAML") {
    const auto text = R"({"a": [1, -2.5, true, null, "x\ny\"\\/\u00e4"], "b": {}})";
    CHECK(read(text) == Json::parse(text));
}
