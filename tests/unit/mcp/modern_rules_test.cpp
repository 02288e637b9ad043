// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "mcp/modern.hpp"
#include "support/catch.hpp"

#include <fmt/format.h>

using namespace thv::mcp;

namespace {

constexpr std::string_view good_meta =
    R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}})";

std::string request(std::string_view method, std::string_view params = good_meta) {
    return fmt::format(R"({{"jsonrpc":"2.0","id":7,"method":"{}","params":{{{}}}}})", method, params);
}

/// The code of the complaint about a request; 0 without one.
int code_of(const std::string& text, const Mirrored& headers) {
    const auto message = scan(text);
    REQUIRE(message);
    const auto found = complaint(*message, headers);
    return found ? found->code : 0;
}

} // namespace

TEST_CASE("a request of 2026-07-28 says what it is, in its body and again in its headers") {
    struct Case {
        std::string_view name;
        std::string text;
        Mirrored headers;
        int code;
    };
    const auto named = [](std::string_view method, std::string_view name) {
        return request(method, fmt::format(R"("name":"{}",{})", name, good_meta));
    };
    const std::vector<Case> cases{
        {"all is said", request("tools/list"), {"2026-07-28", "tools/list", {}}, 0},
        {"no _meta", request("tools/list", ""), {"2026-07-28", "tools/list", {}}, -32602},
        {"no version in it",
         request("tools/list", R"("_meta":{"io.modelcontextprotocol/clientCapabilities":{}})"),
         {"2026-07-28", "tools/list", {}},
         -32602},
        {"no capabilities in it",
         request("tools/list", R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"})"),
         {"2026-07-28", "tools/list", {}},
         -32602},
        {"no version header", request("tools/list"), {{}, "tools/list", {}}, -32020},
        {"another version in the header", request("tools/list"), {"2027-01-01", "tools/list", {}}, -32020},
        {"a version that nobody knows",
         request(
             "tools/list",
             R"("_meta":{"io.modelcontextprotocol/protocolVersion":"v999","io.modelcontextprotocol/clientCapabilities":{}})"),
         {"v999", "tools/list", {}},
         -32022},
        {"no method header", request("tools/list"), {"2026-07-28", {}, {}}, -32020},
        {"another method in the header", request("tools/list"), {"2026-07-28", "prompts/list", {}}, -32020},
        {"the method in capitals", request("tools/list"), {"2026-07-28", "TOOLS/LIST", {}}, -32020},
        {"a name", named("tools/call", "add"), {"2026-07-28", "tools/call", "add"}, 0},
        {"no name header", named("tools/call", "add"), {"2026-07-28", "tools/call", {}}, -32020},
        {"another name in the header", named("prompts/get", "add"), {"2026-07-28", "prompts/get", "sub"}, -32020},
        {"a name in base64", named("tools/call", "größe"), {"2026-07-28", "tools/call", "=?base64?Z3LDtsOfZQ==?="}, 0},
        {"a URI",
         request("resources/read", fmt::format(R"("uri":"file:///a",{})", good_meta)),
         {"2026-07-28", "resources/read", "file:///a"},
         0},
        {"another task in the header",
         request("tasks/get", fmt::format(R"("taskId":"a",{})", good_meta)),
         {"2026-07-28", "tasks/get", "b"},
         -32020},
        {"a method of earlier revisions", request("ping"), {"2026-07-28", "ping", {}}, -32601},
        {"the handshake of earlier revisions", request("initialize"), {"2026-07-28", "initialize", {}}, -32601},
    };
    for (const auto& [name, text, headers, code] : cases) {
        CAPTURE(name);
        CHECK(code_of(text, headers) == code);
    }
}

TEST_CASE("an unknown version is answered with the known one and with what was asked for") {
    const auto text = request(
        "tools/list",
        R"("_meta":{"io.modelcontextprotocol/protocolVersion":"v9","io.modelcontextprotocol/clientCapabilities":{}})");
    const auto found = complaint(*scan(text), {"v9", "tools/list", {}});
    REQUIRE(found);
    CHECK(found->status == 400);
    CHECK(found->data == R"({"supported":["2026-07-28"],"requested":"v9"})");
}

TEST_CASE("which era a message is of is told by its header, or else by itself") {
    const auto modern = request("tools/list");
    const auto legacy = request("tools/list", "");
    CHECK(is_modern(*scan(modern), "2026-07-28"));
    CHECK(is_modern(*scan(legacy), "2026-07-28"));
    CHECK(is_modern(*scan(modern), std::nullopt));
    CHECK(is_modern(*scan(modern), "v999"));
    CHECK_FALSE(is_modern(*scan(modern), "2025-11-25"));
    CHECK_FALSE(is_modern(*scan(legacy), std::nullopt));
    CHECK_FALSE(is_modern(*scan(legacy), "v999"));
}

TEST_CASE("a header value is plain text, or base64 between its marks") {
    struct Case {
        std::string_view value;
        std::optional<std::string> text;
    };
    const std::vector<Case> cases{
        {"us-west1", "us-west1"},
        {"", ""},
        {"=?base64?SGVsbG8=?=", "Hello"},
        {R"(=?base64??=)", ""},
        {"=?base64?SGVsbG8?=", std::nullopt},       // padding is missing
        {"=?base64?SGVs!!!bG8=?=", std::nullopt},   // no digits of base64
        {"=?base64?SGVsbG9=?=", std::nullopt},      // bits behind the end
        {"SGVsbG8=", "SGVsbG8="},                   // no marks
        {"=?base64?SGVsbG8=", "=?base64?SGVsbG8="}, // one mark
        {"=?BASE64?SGVsbG8=?=", "=?BASE64?SGVsbG8=?="},
        {"gr\xC3\xB6\xC3\x9F\x65", std::nullopt},
    };
    for (const auto& [value, text] : cases) {
        CAPTURE(value);
        CHECK(header_text(value) == text);
    }
}

TEST_CASE("arguments that a tool's schema marks must be repeated in headers, and nothing else is") {
    ToolHeaders tools;
    tools.add(R"({"tools":[{"name":"sql","inputSchema":{"type":"object","properties":{
        "region":{"type":"string","x-mcp-header":"Region"},"query":{"type":"string"},
        "limits":{"type":"object","properties":{"rows":{"type":"integer","x-mcp-header":"Rows"}}},
        "dry":{"type":"boolean","x-mcp-header":"Dry"}}}},{"name":"plain","inputSchema":{"type":"object"}}]})");
    struct Case {
        std::string_view arguments;
        std::vector<Mirrored::Parameter> headers;
        bool fits;
    };
    const std::vector<Case> cases{
        {R"({"region":"us"})", {{"region", "us"}}, true},
        {R"({"region":"us"})", {}, false},
        {R"({"region":"us"})", {{"region", "eu"}}, false},
        {R"({"region":"us"})", {{"region", "=?base64?dXM=?="}}, true},
        {R"({"region":"us"})", {{"region", "=?base64?dXM?="}}, false},
        {R"({"region":null})", {}, true},
        {R"({"query":"x"})", {}, true},
        {R"({"query":"x"})", {{"region", "us"}}, false},
        {R"({"query":"x"})", {{"other", "us"}}, true},
        {R"({"limits":{"rows":42}})", {{"rows", "42"}}, true},
        {R"({"limits":{"rows":42}})", {{"rows", "42.0"}}, true},
        {R"({"limits":{"rows":42}})", {{"rows", "43"}}, false},
        {R"({"limits":{"rows":42}})", {{"rows", "forty"}}, false},
        {R"({"dry":true})", {{"dry", "true"}}, true},
        {R"({"dry":true})", {{"dry", "True"}}, false},
    };
    for (const auto& [arguments, headers, fits] : cases) {
        CAPTURE(arguments, headers.size());
        const auto params = fmt::format(R"({{"name":"sql","arguments":{}}})", arguments);
        CHECK(tools.complaint(params, headers).has_value() == !fits);
    }
    CHECK_FALSE(tools.complaint(R"({"name":"plain","arguments":{"region":"us"}})", {}));
    CHECK_FALSE(tools.complaint(R"({"name":"unheard of"})", {}));
}

TEST_CASE("marks that break the rules count for nothing, as no client may use such a tool") {
    for (const std::string_view property :
         {R"({"type":"number","x-mcp-header":"A"})", R"({"type":"string","x-mcp-header":""})",
          R"({"type":"string","x-mcp-header":"A B"})", R"({"type":"string","x-mcp-header":7})",
          R"({"type":["string"],"x-mcp-header":"A"})"}) {
        CAPTURE(property);
        ToolHeaders tools;
        tools.add(fmt::format(R"({{"tools":[{{"name":"t","inputSchema":{{"properties":{{"a":{}}}}}}}]}})", property));
        CHECK(tools.empty());
    }
    ToolHeaders twice;
    twice.add(R"({"tools":[{"name":"t","inputSchema":{"properties":{"a":{"type":"string","x-mcp-header":"X"},
        "b":{"type":"string","x-mcp-header":"x"}}}}]})");
    CHECK(twice.empty());
}
