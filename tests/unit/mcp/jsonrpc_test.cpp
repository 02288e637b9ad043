// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "mcp/jsonrpc.hpp"
#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace thv::mcp;

namespace {

std::string nested(int depth) {
    // The envelope is one level and params the second.
    std::string text = R"({"jsonrpc":"2.0","method":"m","params":{"a":)";
    for (int i = 2; i < depth; ++i)
        text += '[';
    for (int i = 2; i < depth; ++i)
        text += ']';
    return text + "}}";
}

} // namespace

TEST_CASE("the members that a bridge needs are found as raw bytes") {
    const std::string text = R"( {"jsonrpc" : "2.0", "id":"a\"b" ,"method":"tools/call",)"
                             R"("params":{"_meta":{"progressToken": 17 },"uri":"u","level":"info","x":[1,{"id":2}]}} )";
    const auto message = scan(text);
    REQUIRE(message);
    CHECK(message->kind == Kind::request);
    CHECK(message->id == R"("a\"b")");
    CHECK(message->method_name == "tools/call");
    CHECK(message->meta_token == "17");
    CHECK(message->uri == R"("u")");
    CHECK(message->level == R"("info")");
    CHECK(message->params.starts_with(R"({"_meta")"));
}

TEST_CASE("the kind of a message follows from its members") {
    struct Case {
        std::string text;
        Kind kind;
    };
    const std::vector<Case> cases{
        {R"({"jsonrpc":"2.0","id":1,"method":"m"})", Kind::request},
        {R"({"jsonrpc":"2.0","method":"m"})", Kind::notification},
        {R"({"jsonrpc":"2.0","id":1,"result":null})", Kind::result},
        {R"({"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m"}})", Kind::error},
        {R"({"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"m"}})", Kind::error},
        {R"({"jsonrpc":"2.0","error":{"code":1,"message":"m"}})", Kind::error},
    };
    for (const auto& [text, kind] : cases) {
        INFO(text);
        const auto message = scan(text);
        REQUIRE(message);
        CHECK(message->kind == kind);
    }
}

TEST_CASE("methods are recognised however their sender escaped them") {
    CHECK(scan(R"({"jsonrpc":"2.0","id":1,"method":"resources\/subscribe"})")->method == Method::subscribe);
    CHECK(scan(R"({"jsonrpc":"2.0","id":1,"method":"\u0070ing"})")->method == Method::ping);
    CHECK(scan(R"({"jsonrpc":"2.0","id":1,"method":"Ping"})")->method == Method::other);
}

TEST_CASE("text that is not JSON is a parse error") {
    const std::vector<std::string> cases{
        "",
        "{",
        "hello",
        R"({"jsonrpc":"2.0","method":"m"}x)",
        R"({"jsonrpc":"2.0","method":"m",})",
        R"({"jsonrpc":"2.0" "method":"m"})",
        R"({'jsonrpc':"2.0"})",
        R"({"jsonrpc":"2.0","method":"m","x":01})",
        R"({"jsonrpc":"2.0","method":"m","x":1.})",
        R"({"jsonrpc":"2.0","method":"m","x":-})",
        R"({"jsonrpc":"2.0","method":"m","x":+1})",
        R"({"jsonrpc":"2.0","method":"m","x":1e})",
        R"({"jsonrpc":"2.0","method":"m","x":NaN})",
        R"({"jsonrpc":"2.0","method":"m","x":nul})",
        R"({"jsonrpc":"2.0","method":"m","x":[1,]})",
        R"({"jsonrpc":"2.0","method":"m","x":[1}})",
        R"({"jsonrpc":"2.0","method":"m","x":"\x"})",
        R"({"jsonrpc":"2.0","method":"m","x":"\u12g4"})",
        "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"x\":\"a\nb\"}",
        "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"x\":\"\xC0\xAF\"}",         // overlong
        "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"x\":\"\xED\xA0\x80\"}",     // a surrogate
        "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"x\":\"\xF5\x80\x80\x80\"}", // above U+10FFFF
        "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"x\":\"\xE2\x82\"}",         // cut off
        "\xEF\xBB\xBF{\"jsonrpc\":\"2.0\",\"method\":\"m\"}",                // a byte order mark
    };
    for (const auto& text : cases) {
        INFO(text);
        const auto message = scan(text);
        REQUIRE_FALSE(message);
        CHECK(message.error().code == -32700);
    }
}

TEST_CASE("JSON that is not one unambiguous message is an invalid request") {
    const std::vector<std::string> cases{
        R"([{"jsonrpc":"2.0","id":1,"method":"ping"}])", // a batch
        R"({"id":1,"method":"m"})",
        R"({"jsonrpc":"1.0","id":1,"method":"m"})",
        R"({"jsonrpc":2.0,"id":1,"method":"m"})",
        R"({"jsonrpc":"2.0","id":1})",
        R"({"jsonrpc":"2.0","id":null,"method":"m"})",
        R"({"jsonrpc":"2.0","id":true,"method":"m"})",
        R"({"jsonrpc":"2.0","id":{},"method":"m"})",
        R"({"jsonrpc":"2.0","id":1,"method":5})",
        R"({"jsonrpc":"2.0","id":1,"method":"m","params":[1]})",
        R"({"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":1}})",
        R"({"jsonrpc":"2.0","id":1,"method":"m","result":1})",
        R"({"jsonrpc":"2.0","id":1,"result":1,"error":{}})",
        R"({"jsonrpc":"2.0","result":1})",
        R"({"jsonrpc":"2.0","id":1,"id":2,"method":"m"})",
        R"({"jsonrpc":"2.0","id":1,"\u0069d":2,"method":"m"})",
        R"({"jsonrpc":"2.0","id":1,"ID":2,"method":"m"})",
        R"({"jsonrpc":"2.0","id":1,"method":"ping","Method":"tools/call"})",
        R"({"jsonrpc":"2.0","id":1,"method":"m","params":{"uri":"a","uri":"b"}})",
        R"({"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":{"progressToken":1,"progressToken":2}}})",
        R"({"jsonrpc":"2.0","method":"m","params":{"requestId":1,"request\u0049d":2}})",
        R"({"jsonrpc":"2.0","method":"m","id":")" + std::string(2000, 'x') + "\"}",
        R"({"jsonrpc":"2.0","method":"m","a\u0000b":1})",
        R"({"jsonrpc":"2.0","method":"m","x":{"y":{"\u0000":1}}})",
        nested(65),
    };
    for (const auto& text : cases) {
        INFO(text);
        const auto message = scan(text);
        REQUIRE_FALSE(message);
        CHECK(message.error().code == -32600);
    }
}

TEST_CASE("what is odd but valid is accepted") {
    const std::vector<std::string> cases{
        nested(64),
        R"({"jsonrpc":"2.0","id":9007199254740993,"method":"m","params":{"x":1e400,"y":-0.0E-7}})",
        R"({"jsonrpc":"2.0","id":1.5,"method":"m"})",
        R"({"jsonrpc":"2.0","id":"","method":""})",
        R"({"jsonrpc":"2.0","id":1,"method":"m","params":{"x":"\ud800 alone"},"extra":[]})",
        R"({"method":"m","jsonrpc":"2.0","params":{"arguments":{"id":1,"ID":2,"id":3}}})",
        "{\"jsonrpc\":\"2.0\",\r\n\t\"method\":\"m\"\n}",
    };
    for (const auto& text : cases) {
        INFO(text);
        CHECK(scan(text));
    }
    CHECK(scan(cases.back())->line_breaks);
}

TEST_CASE("edits replace what they name and nothing else, in any order") {
    const std::string text = R"({"jsonrpc":"2.0","params":{"_meta":{"progressToken":"t"}},"id":  5 ,"method":"m"})";
    const auto message = scan(text);
    REQUIRE(message);
    CHECK(edited(text, {{message->id, "77"}, {message->meta_token, "88"}}).str() ==
          R"({"jsonrpc":"2.0","params":{"_meta":{"progressToken":88}},"id":  77 ,"method":"m"})");
    CHECK(edited(text, {{std::string_view{}, "77"}}).str() == text);
}

TEST_CASE("member finds the raw value of a key, escaped keys included") {
    const std::string object = R"({"a":{"b":[1, 2]},"c\u0064":"x","e":null})";
    CHECK(member(member(object, "a"), "b") == "[1, 2]");
    CHECK(member(object, "cd") == R"("x")");
    CHECK(member(object, "missing").empty());
    CHECK(member("[1]", "a").empty());
    CHECK(member({}, "a").empty());
}

TEST_CASE("strings survive quoting and unquoting") {
    const std::string text = "a\"b\\c\n\x01 é 日本 😀";
    CHECK(unquote(quote(text)) == text);
    CHECK(quote("\x01") == R"("\u0001")");
    CHECK(quote("bad \xFF byte") == "\"bad \xEF\xBF\xBD byte\"");
    CHECK(unquote(R"("\ud83d\ude00\/")") == "😀/");
    CHECK(unquote(R"("\ud83d")") == "\xEF\xBF\xBD");
    CHECK_FALSE(unquote("17"));
}

TEST_CASE("only the canonical form of a number is one of our ids") {
    CHECK(canonical_integer("17") == 17U);
    CHECK(canonical_integer("0") == 0U);
    for (const auto* text : {"", "017", "-1", "1.0", "1e1", "\"17\"", "99999999999999999999"}) {
        INFO(text);
        CHECK_FALSE(canonical_integer(text));
    }
}

TEST_CASE("an error without an id has no id member") {
    CHECK(error_message({}, -32700, "Parse \"error\"") ==
          R"({"jsonrpc":"2.0","error":{"code":-32700,"message":"Parse \"error\""}})");
    CHECK(error_message("\"x\"", -1, "m") == R"({"jsonrpc":"2.0","id":"x","error":{"code":-1,"message":"m"}})");
}
