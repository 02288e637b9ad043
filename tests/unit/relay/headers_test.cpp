// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "relay/headers.hpp"
#include "support/catch.hpp"

using namespace thv;
using namespace thv::relay;

namespace {

http::Headers headers_of(const MirrorHeaders& mirror, const std::string& text) {
    const auto message = mcp::scan(text);
    REQUIRE(message);
    return mirror.of(*message);
}

} // namespace

TEST_CASE("values of headers are plain where they can be") {
    const auto [text, value] = GENERATE(table<std::string, std::string>({
        {"get_weather", "get_weather"},
        {"two words", "two words"},
        {"", ""},
        {" edge", "=?base64?IGVkZ2U=?="},
        {"a\nb", "=?base64?YQpi?="},
        {"日本", "=?base64?5pel5pys?="},
        {"=?base64?eA==?=", "=?base64?PT9iYXNlNjQ/ZUE9PT89?="},
    }));
    CHECK(header_value(text) == value);
}

TEST_CASE("arguments are mirrored that the tool's schema marks, wherever properties lead") {
    MirrorHeaders mirror;
    mirror.learn(R"({"tools":[{"name":"t","inputSchema":{"type":"object","properties":{
        "region":{"type":"string","x-mcp-header":"Region"},"count":{"type":"integer","x-mcp-header":"Count"},
        "deep":{"type":"object","properties":{"flag":{"type":"boolean","x-mcp-header":"Flag"}}},
        "bad":{"type":"string","x-mcp-header":"no header\r\n"},
        "list":{"type":"array","items":{"x-mcp-header":"Item"}}}}}]})");
    const auto headers =
        headers_of(mirror, R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{
        "region":"eu","count":12345678901234567890,"deep":{"flag":true},"bad":"x","list":["y"]}}})");
    CHECK(headers == http::Headers{{"Mcp-Method", "tools/call"},
                                   {"Mcp-Name", "t"},
                                   {"Mcp-Param-Region", "eu"},
                                   {"Mcp-Param-Count", "12345678901234567890"},
                                   {"Mcp-Param-Flag", "true"}});
    const auto without = headers_of(
        mirror, R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{"region":null}}})");
    CHECK(without.size() == 2);
    mirror.learn(R"({"tools":[{"name":"t","inputSchema":{}}]})");
    CHECK(headers_of(
              mirror,
              R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{"region":"eu"}}})")
              .size() == 2);
}

TEST_CASE("only a message with a revision of its own stands on its own") {
    const auto revision = [](std::string text) {
        const auto message = mcp::scan(text);
        return own_revision(*message);
    };
    CHECK(revision(R"({"jsonrpc":"2.0","id":1,"method":"ping"})") == std::nullopt);
    CHECK(revision(R"({"jsonrpc":"2.0","id":1,"method":"x","params":{"_meta":{"progressToken":1}}})") == std::nullopt);
    CHECK(
        revision(
            R"({"jsonrpc":"2.0","id":1,"method":"x","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}})") ==
        "2026-07-28");
}
