// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"
#include "support/catch.hpp"
#include "thv/mcp_commands.hpp"

using namespace thv;
using test::Bench;
using Answer = Bench::Answer;
using Json = nlohmann::ordered_json;
using Words = std::vector<std::string>;

namespace {

const Json two_tools = Json::parse(R"({"tools": [
    {"name": "echo", "description": "Says it again\nand more",
     "inputSchema": {"type": "object", "properties": {"text": {"type": "string"}}}},
    {"name": "add", "inputSchema": {"type": "object", "properties": {
        "a": {"type": "integer"}, "b": {"type": "number"}, "exact": {"type": "boolean"},
        "list": {"type": "array"}, "odd": {"type": ["string", "null"]}}}}]})");

const Json said = Json::parse(R"({"content": [{"type": "text", "text": "hello\nworld"}]})");

Bench with_server() {
    Bench bench;
    bench.engine.add("fetch");
    bench.mcp.results["tools/list"] = {two_tools};
    bench.mcp.results["tools/call"] = {said};
    return bench;
}

} // namespace

TEST_CASE("mcp list shows what the server offers, in every order of words") {
    const auto words = GENERATE(values<Words>({{"mcp", "list", "tools", "fetch"},
                                               {"mcp", "list", "tools", "--server", "fetch"},
                                               {"mcp", "ls", "--server=fetch", "tools"}}));
    auto bench = with_server();
    CHECK(bench.thv(words) == Answer{0, "NAME  DESCRIPTION\necho  Says it again\nadd\n", ""});
    CHECK(bench.mcp.url == "http://127.0.0.1:20000/mcp");
    CHECK(bench.mcp.mode == ProxyMode::streamable_http);
    CHECK(bench.mcp.closed == 1);
}

TEST_CASE("mcp list without a kind shows every kind that there is, and asks for no other") {
    auto bench = with_server();
    bench.mcp.hello = Json::parse(R"({"capabilities": {"tools": {}, "resources": {}, "prompts": {}}})");
    bench.mcp.results["resources/list"] = {Json::parse(R"({"resources": [{"name": "r", "uri": "file:///r"}]})")};
    bench.mcp.results["prompts/list"] = {Json::parse(R"({"prompts": []})")};
    CHECK(bench.thv({"mcp", "list", "fetch"}).out == "TOOLS:\nNAME  DESCRIPTION\necho  Says it again\nadd\n\n"
                                                     "RESOURCES:\nNAME  URI        DESCRIPTION\nr     file:///r\n");
    auto tools_only = with_server();
    const auto answer = tools_only.thv({"mcp", "list", "fetch", "--format", "json"});
    CHECK(answer.code == 0);
    const auto document = Json::parse(answer.out);
    CHECK(document["tools"] == two_tools["tools"]);
    CHECK(document["resources"] == Json::array());
    CHECK(document["prompts"] == Json::array());
    CHECK(tools_only.thv({"mcp", "list", "prompts", "fetch"}) == Answer{0, "", "The server offers nothing of this\n"});
}

TEST_CASE("lists are read page by page, and must end") {
    auto bench = with_server();
    bench.mcp.results["tools/list"] = {Json::parse(R"({"tools": [{"name": "a"}], "nextCursor": "2"})"),
                                       Json::parse(R"({"tools": [{"name": "b"}]})")};
    CHECK(bench.thv({"mcp", "list", "tools", "fetch"}).out == "NAME  DESCRIPTION\na\nb\n");
    CHECK(bench.mcp.asked.at(1).second == Json::parse(R"({"cursor": "2"})"));

    std::vector<Json> endless;
    for (int page = 0; page < 1001; ++page)
        endless.push_back(Json{{"tools", Json::array()}, {"nextCursor", std::to_string(page)}});
    bench.mcp.results["tools/list"] = endless;
    CHECK(bench.thv({"mcp", "list", "tools", "fetch"}) ==
          Answer{1, "", "Error: the server's list of tools does not end\n"});
    CHECK(bench.mcp.closed == 2);
}

TEST_CASE("a URL needs no workload and no engine") {
    auto bench = with_server();
    bench.engine.reachable = false;
    CHECK(bench.thv({"mcp", "list", "tools", "--server", "http://127.0.0.1:9/mcp"}).code == 0);
    CHECK(bench.mcp.url == "http://127.0.0.1:9/mcp");
    CHECK(bench.mcp.mode == std::nullopt);
    bench.mcp.results["tools/list"] = {two_tools};
    CHECK(bench.thv({"mcp", "list", "tools", "http://x/sse", "--transport", "sse"}).code == 0);
    CHECK(bench.mcp.mode == ProxyMode::sse);
    CHECK(bench.mcp.ca_file == std::nullopt);
    bench.mcp.results["tools/list"] = {two_tools};
    CHECK(bench.thv({"mcp", "list", "tools", "https://x/mcp", "--ca-cert", "/ca.pem"}).code == 0);
    CHECK(bench.mcp.url == "https://x/mcp");
    CHECK(bench.mcp.ca_file == "/ca.pem");
}

TEST_CASE("only a workload that runs can be talked to") {
    auto bench = with_server();
    bench.engine.add("old", State::stopped);
    CHECK(bench.thv({"mcp", "list", "old"}) ==
          Answer{1, "", "Error: 'old' is not running\nrun 'thv start old' first\n"});
    CHECK(bench.thv({"mcp", "list", "fetsh"}).code == 5);
    CHECK(bench.thv({"mcp", "list", "tools"}) ==
          Answer{2, "", "Error: no server was named\ngive the name of a workload, or a URL\n"});
    CHECK(bench.thv({"mcp", "list", "tools", "fetch", "more"}).code == 2);
    CHECK(bench.mcp.asked.empty());
}

TEST_CASE("proxy stdio wants a workload that runs, and starts nothing") {
    auto bench = with_server();
    bench.engine.add("old", State::stopped);
    CHECK(bench.thv({"proxy", "stdio", "old"}) ==
          Answer{1, "", "Error: 'old' is not running\nrun 'thv start old' first\n"});
    CHECK(bench.thv({"proxy", "stdio", "fetsh"}).code == 5);
    CHECK(bench.thv({"proxy", "stdio", "-x"}).code == 2);
    CHECK(bench.thv({"proxy", "stdio"}).code == 2);
}

TEST_CASE("mcp call sends what the schema asks for and prints what the tool says") {
    const auto words = GENERATE(
        values<Words>({{"mcp", "call", "fetch", "add", "a=1", "b=2.5", "exact=true", "list=[1]"},
                       {"mcp", "call", "--server", "fetch", "add", "a=1", "b=2.5", "exact=true", "list=[1]"},
                       {"mcp", "call", "fetch", "add", "--args", R"({"a":1,"b":2.5,"exact":true,"list":[1]})"}}));
    auto bench = with_server();
    CHECK(bench.thv(words) == Answer{0, "hello\nworld\n", ""});
    CHECK(bench.mcp.asked.back().first == "tools/call");
    CHECK(bench.mcp.asked.back().second ==
          Json::parse(R"({"name": "add", "arguments": {"a": 1, "b": 2.5, "exact": true, "list": [1]}})"));
    CHECK(bench.mcp.closed == 1);
}

TEST_CASE("arguments can come from stdin") {
    auto bench = with_server();
    bench.input = R"({"text": "hi"})";
    CHECK(bench.thv({"mcp", "call", "fetch", "echo", "-"}).code == 0);
    CHECK(bench.mcp.asked.back().second["arguments"] == Json::parse(bench.input));
    bench.mcp.results["tools/call"] = {said};
    CHECK(bench.thv({"mcp", "call", "fetch", "echo", "--args-file", "-"}).code == 0);
    CHECK(bench.thv({"mcp", "call", "fetch", "echo", "text=a", "--args", "{}"}).code == 2);
    CHECK(bench.thv({"mcp", "call", "fetch", "echo", "-", "--args", "{}"}).code == 2);
    bench.input = "[1]";
    CHECK(bench.thv({"mcp", "call", "fetch", "echo", "-"}) == Answer{2, "", "Error: stdin is no JSON object\n"});
    CHECK(bench.thv({"mcp", "call", "fetch", "echo", "--args-file", "/no/such/file"}).code == 2);
}

TEST_CASE("key=value is typed by the schema, and key:=JSON by itself") {
    const auto& schema = two_tools["tools"][1]["inputSchema"];
    CHECK(commands::arguments_from(
              {"a=-3", "b=1e3", "exact=false", "list=[]", "odd=7", "new=true", "raw:={\"x\":[1]}", "eq=a=b"}, schema) ==
          Json::parse(R"({"a": -3, "b": 1000.0, "exact": false, "list": [],
        "odd": "7", "new": "true", "raw": {"x": [1]}, "eq": "a=b"})"));
    CHECK(commands::arguments_from({"a=x"}, Json::object()) == Json::parse(R"({"a": "x"})"));
    CHECK_THROWS_WITH(commands::arguments_from({"a=1.5"}, schema), "'a' must be of type integer");
    CHECK_THROWS_AS(commands::arguments_from({"a=one"}, schema), Error);
    const auto bad = GENERATE(as<std::string>{}, "novalue", "=x", ":=1", "");
    CHECK_THROWS_WITH(commands::arguments_from({bad}, schema), "'" + bad + "' is no argument");
}

TEST_CASE("a tool that reports an error is exit code 1, with what it said") {
    auto bench = with_server();
    bench.mcp.results["tools/call"] = {
        Json::parse(R"({"content": [{"type": "text", "text": "no"}], "isError": true})")};
    CHECK(bench.thv({"mcp", "call", "fetch", "echo"}) == Answer{1, "no\n", "Error: tool \"echo\" reported an error\n"});
    bench.mcp.results["tools/call"] = {Json::parse(R"({"content": [], "isError": true})")};
    CHECK(bench.thv({"mcp", "call", "fetch", "echo", "--ignore-tool-error"}).code == 0);
    CHECK(bench.thv({"mcp", "call", "fetch", "echo"}) ==
          Answer{1, "", "Error: the server refused tools/call: no such method (-32601)\n"});
    CHECK(bench.mcp.closed == 3);
}

TEST_CASE("every kind of content has a text, and JSON is the result itself") {
    auto bench = with_server();
    const auto result = Json::parse(R"({"content": [
        {"type": "text", "text": "one"},
        {"type": "image", "mimeType": "image/png", "data": "AAAA"},
        {"type": "resource_link", "uri": "file:///a"},
        {"type": "resource", "resource": {"uri": "file:///b", "text": "inside"}}], "_meta": {"x": 1}})");
    bench.mcp.results["tools/call"] = {result, result,
                                       Json::parse(R"({"content": [], "structuredContent": {"sum": 3}})")};
    CHECK(bench.thv({"mcp", "call", "fetch", "echo"}).out ==
          "one\n[image: image/png, 4 characters of base64]\n[resource: file:///a]\ninside\n");
    CHECK(Json::parse(bench.thv({"mcp", "call", "fetch", "echo", "--format", "json"}).out) == result);
    CHECK(bench.thv({"mcp", "call", "fetch", "echo"}).out == "{\n  \"sum\": 3\n}\n");
}

TEST_CASE("mcp call says which word is missing") {
    auto bench = with_server();
    CHECK(bench.thv({"mcp", "call"}) == Answer{2, "", "Error: 'thv mcp call' needs SERVER\n"});
    CHECK(bench.thv({"mcp", "call", "fetch"}) == Answer{2, "", "Error: 'thv mcp call' needs TOOL\n"});
    CHECK(bench.thv({"mcp", "call", "--server", "fetch"}).code == 2);
}
