// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/answer_reader.hpp"
#include "support/catch.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

using namespace thv;
using namespace thv::proxy;
using mcp::CallEnd;

namespace {

/// What is found in a body that comes in chunks of that many bytes: "ID outcome code" and URLs.
std::vector<std::string> found_in(const std::string& body, AnswerReader::Form form, std::size_t chunk) {
    std::vector<std::string> found;
    AnswerReader reader{form,
                        {.response =
                             [&](const std::string& id, const mcp::Ending& ending) {
                                 found.push_back(fmt::format("{} {} {}", id, to_string(ending.outcome), ending.code));
                             },
                         .endpoint = [&](std::string_view url) { found.emplace_back(url); }}};
    for (std::size_t at = 0; at < body.size(); at += chunk)
        reader.feed(std::string_view{body}.substr(at, chunk));
    reader.finish();
    return found;
}

} // namespace

TEST_CASE("an answer says how the call ended, however it is written and cut") {
    struct Row {
        std::string body;
        std::string found;
    };
    const auto row =
        GENERATE(Row{R"({"jsonrpc":"2.0","id":7,"result":{"content":[]}})", "7 success 0"},
                 Row{R"({"result" : {"isError" : true}, "id" : "a\"b" , "jsonrpc":"2.0"} )", R"("a\"b" tool_error 0)"},
                 Row{R"({"id":7,"result":{"x":{"isError":true},"y":["isError",true],"isError":false}})", "7 success 0"},
                 Row{R"({"id":7,"result":{"text":"\"isError\":true,","isError":"true"}})", "7 success 0"},
                 Row{R"({"id":7,"error":{"data":{"code":1},"code":-32602,"message":"{}"}})", "7 error -32602"},
                 Row{R"({"id":7,"error":{"code":"-1"}})", "7 error 0"},
                 Row{R"({"id":7,"result":[{"isError":true}]})", "7 success 0"},
                 Row{R"({"id":7,"method":"sampling/createMessage","params":{"result":1}})", ""},
                 Row{R"([{"id":7,"result":{}}])", ""}, Row{"", ""}, Row{"<html>\"", ""}, Row{R"(}}}]]{"id":1)", ""});
    const auto chunk = GENERATE(std::size_t{1}, std::size_t{3}, std::size_t{1000});
    INFO(row.body << " by " << chunk);
    const auto expected = row.found.empty() ? std::vector<std::string>{} : std::vector{row.found};
    CHECK(found_in(row.body, AnswerReader::Form::json, chunk) == expected);
}

TEST_CASE("a long answer is looked into without being kept") {
    const auto body =
        fmt::format(R"({{"jsonrpc":"2.0","id":1,"result":{{"content":[{{"text":"{}\\"}}],"isError":true}}}})",
                    std::string(3U << 20U, 'x'));
    CHECK(found_in(body, AnswerReader::Form::json, 65536) == std::vector<std::string>{"1 tool_error 0"});
    const auto long_id = fmt::format(R"({{"id":"{}","result":{{}}}})", std::string(2000, 'i'));
    CHECK(found_in(long_id, AnswerReader::Form::json, 100) == std::vector<std::string>{" success 0"});
}

TEST_CASE("answers are found among the events of a stream, whatever ends its lines") {
    const std::string end = GENERATE("\n", "\r\n", "\r");
    std::string stream;
    for (const auto* line : {": hello", "event: endpoint", "data: /messages?s=1", "", "id: 4", "event: message",
                             R"(data: {"jsonrpc":"2.0","method":"notifications/progress","params":{"result":{}}})", "",
                             "data:", R"(data:{"id":1,"result":)", R"(data: {"isError":true}})", "retry: 1000", "",
                             R"(data: {"id":2,"error":{"code":5}})", "", R"(data: {"id":3,"result":{}})"})
        stream += line + end;
    const auto chunk = GENERATE(std::size_t{1}, std::size_t{7}, std::size_t{1000});
    INFO(chunk);
    // The last event has no end, so that it is none.
    CHECK(found_in(stream, AnswerReader::Form::events, chunk) ==
          std::vector<std::string>{"/messages?s=1", "1 tool_error 0", "2 error 5"});
}
