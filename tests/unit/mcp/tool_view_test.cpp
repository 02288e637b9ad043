// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "mcp/tool_view.hpp"
#include "support/catch.hpp"

#include <fmt/format.h>

using namespace thv::mcp;

namespace {

std::string list(std::string_view tools, std::string_view more = {}) {
    return fmt::format(R"({{"jsonrpc":"2.0","id":1,"result":{{"tools":[{}]{}}}}})", tools, more);
}

std::string seen(const ToolView& view, const std::string& text) {
    const auto message = scan(text);
    REQUIRE(message);
    return view.from_server(*message, text).value_or("(as it is)");
}

std::string sent(const ToolView& view, const std::string& text) {
    const auto message = scan(text);
    REQUIRE(message);
    const auto result = view.to_server(*message, text);
    return result ? result->value_or("(as it is)") : "refused: " + result.error();
}

std::string call(std::string_view name) {
    return fmt::format(
        R"({{"jsonrpc":"2.0", "id" : 7,"method":"tools/call","params":{{"name":{},"arguments":{{"name":"x"}}}}}})",
        name);
}

const ToolView two{{"a", "b"}, {}};
const ToolView renamed{{}, {{"fetch", {"get", "Gets a page"}}, {"put", {"", "Puts"}}, {"old", {"other", ""}}}};

} // namespace

TEST_CASE("hidden tools are not listed, and what is listed is as it was") {
    CHECK(seen(two, list(R"({ "name" : "a","n":12345678901234567890,"x":1e400},{"name":"c"}, {"name":"b"})",
                         R"(,"nextCursor":"n")")) ==
          list(R"({ "name" : "a","n":12345678901234567890,"x":1e400},{"name":"b"})", R"(,"nextCursor":"n")"));
    CHECK(seen(two, list(R"({"name":"c"})")) == list(""));
    CHECK(seen(two, list("")) == list(""));
    CHECK(seen(two, list(R"({"name":"\u0061"})")) == list(R"({"name":"\u0061"})"));
}

TEST_CASE("what two readers would read in two ways is not listed") {
    for (const auto* tool : {R"({"name":"a","name":"c"})", R"({"name":"a","n\u0061me":"c"})", R"({"name":7})", "{}",
                             "7", R"("a")", R"({"title":"a"})"}) {
        INFO(tool);
        CHECK(seen(two, list(tool)) == list(""));
    }
    CHECK(seen(two, list(R"({"name":"a"})", R"(,"tools":[{"name":"c"}])")) == list(""));
}

TEST_CASE("a renamed tool is listed under its new name, with its new description") {
    CHECK(seen(renamed, list(R"({"name":"fetch","description":"Fetches","inputSchema":{"name":"fetch"}})")) ==
          list(R"({"name":"get","description":"Gets a page","inputSchema":{"name":"fetch"}})"));
    CHECK(seen(renamed, list(R"({"name":"put","inputSchema":{}})")) ==
          list(R"({"description":"Puts","name":"put","inputSchema":{}})"));
    CHECK(seen(renamed, list(R"({"name":"plain"})")) == list(R"({"name":"plain"})"));
    // "other" is the new name of "old": the tool that was called so cannot be called any more.
    CHECK(seen(renamed, list(R"({"name":"old"},{"name":"other"})")) == list(R"({"name":"other"})"));
}

TEST_CASE("filters go by the names that clients see") {
    const ToolView view{{"get"}, {{"fetch", {"get", ""}}}};
    CHECK(seen(view, list(R"({"name":"fetch"},{"name":"post"})")) == list(R"({"name":"get"})"));
    CHECK(sent(view, call(R"("get")")) == call(R"("fetch")"));
    CHECK_THAT(sent(view, call(R"("fetch")")), StartsWith("refused"));
}

TEST_CASE("a call of a tool that is not shown is answered like one of a tool that is not there") {
    CHECK(sent(two, call(R"("c")")) ==
          R"(refused: {"jsonrpc":"2.0","id":7,"error":{"code":-32602,"message":"Unknown tool: c"}})");
    CHECK(sent(two, call(R"("a")")) == "(as it is)");
    CHECK(sent(two, call(R"("\u0061")")) == "(as it is)");
    CHECK(sent(renamed, call(R"("get")")) == call(R"("fetch")"));
    CHECK_THAT(sent(renamed, call(R"("fetch")")), StartsWith("refused"));
    CHECK(sent(renamed, call(R"("put")")) == "(as it is)");
}

TEST_CASE("calls that hide what they call are refused") {
    const auto with = [](std::string_view method, std::string_view params) {
        return fmt::format(R"({{"jsonrpc":"2.0","id":7,"method":"{}","params":{}}})", method, params);
    };
    CHECK_THAT(sent(two, with("tools/call", R"({"name":7})")), StartsWith("refused"));
    CHECK_THAT(sent(two, with("tools/call", "{}")), StartsWith("refused"));
    CHECK_THAT(sent(two, with(R"(tools\/call)", R"({"name":"c"})")), StartsWith("refused"));
    CHECK_THAT(sent(two, with(R"(\u0074ools/call)", R"({"name":"c"})")), StartsWith("refused"));
    CHECK(sent(two, with("prompts/get", R"({"name":"c"})")) == "(as it is)");
    const auto twice = with("tools/call", R"({"name":"a","name":"c"})");
    if (scan(twice)) CHECK_THAT(sent(two, twice), StartsWith("refused"));
}

TEST_CASE("other messages of the server pass") {
    for (const std::string text : {R"({"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"tools"}]}})",
                                   R"({"jsonrpc":"2.0","id":1,"result":{"tools":{"listChanged":true}}})",
                                   R"({"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m"}})",
                                   R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})"})
        CHECK(seen(two, text) == "(as it is)");
}

TEST_CASE("a server's streams carry the view, however their bytes are cut") {
    const auto listed = list(R"({"name":"a"},{"name":"c"})") + "\n" + R"({"jsonrpc":"2.0","id":2,"result":{}})" + "\n";
    for (const std::size_t cut : {1U, 7U, 1000U}) {
        ViewedServer server{two};
        std::string out;
        for (std::size_t at = 0; at < listed.size(); at += cut)
            out += server.from_server(std::string_view{listed}.substr(at, cut));
        CHECK(out == list(R"({"name":"a"})") + "\n" + R"({"jsonrpc":"2.0","id":2,"result":{}})" + "\n");
    }
    ViewedServer server{two};
    CHECK(server.to_server(call(R"("a")") + "\n" + call(R"("c")") + "\n" + call(R"("b")") + "\n") ==
          call(R"("a")") + "\n" + call(R"("b")") + "\n");
    CHECK_THAT(server.take_answers(), ContainsSubstring("Unknown tool: c"));
    CHECK(server.take_answers().empty());
}

TEST_CASE("events of a server carry the view, however their bytes are cut and their lines end") {
    const auto hidden = list(R"({"name":"a"},{"name":"c"})");
    const auto shown = list(R"({"name":"a"})");
    struct Case {
        std::string in, out;
    };
    const std::vector<Case> cases{
        {"id: 5\nevent: message\ndata: " + hidden + "\n\n", "id: 5\nevent: message\ndata: " + shown + "\n\n"},
        {"data:" + hidden + "\r\n\r\n: comment\r\n\r\n", "data: " + shown + "\n\n\n: comment\r\n\r\n"},
        {"\xEF\xBB\xBF"
         "data: " +
             hidden + "\n\n",
         "data: " + shown + "\n\n"},
        {"data: {\"jsonrpc\":\"2.0\",\"id\":1,\ndata: \"result\":{\"tools\":[{\"name\":\"c\"}]}}\n\n",
         "data: {\"jsonrpc\":\"2.0\",\"id\":1, \"result\":{\"tools\":[]}}\n\n"},
        {"event: endpoint\ndata: /messages?x=1\n\n", "event: endpoint\ndata: /messages?x=1\n\n"},
        {"id: 1\ndata:\n\n", "id: 1\ndata:\n\n"},
        {"retry: 5\r\rdata: x\r\r", "retry: 5\r\rdata: x\r\r"},
        // Batches and the like, in which some clients would find a list.
        {"data: [" + hidden + "]\n\ndata: y\n\n", "data: y\n\n"},
    };
    for (const auto& [in, out] : cases) {
        for (const std::size_t cut : {1U, 3U, 1000U}) {
            INFO(in << " cut by " << cut);
            ViewedEvents events{two, 10'000};
            std::string got;
            for (std::size_t at = 0; at < in.size(); at += cut)
                got += events.feed(std::string_view{in}.substr(at, cut));
            got += events.finish();
            CHECK(got == out);
        }
    }
}

TEST_CASE("an event without end does not grow without end") {
    ViewedEvents events{two, 1000};
    CHECK(events.feed("data: " + std::string(2000, 'x')).empty());
    CHECK(events.broken());
    CHECK(events.finish().empty());
}
