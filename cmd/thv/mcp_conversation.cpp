// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/mcp_conversation.hpp"

#include "cli/terminal.hpp"
#include "core/json.hpp"
#include "io/deadline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace thv::commands {

using Json = nlohmann::ordered_json;

namespace {

constexpr std::array versions{"2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"};
constexpr int method_not_found = -32601;

Json envelope() {
    Json message = Json::object();
    message["jsonrpc"] = "2.0";
    return message;
}

Error refusal(const std::string& method, const Json& error) {
    const auto code = error.is_object() && error.contains("code") && error["code"].is_number_integer()
                          ? error["code"].get<long long>()
                          : 0;
    const auto message = text_of(error, "message");
    return Error{Fault::internal, fmt::format("the server refused {}: {} ({})", method, cli::printable(message), code)};
}

} // namespace

Json parse_message(std::string_view text) {
    try {
        auto message =
            parse_json(text, "the server's message", {.bytes = largest_message, .depth = 64, .members = 4096});
        if (message.is_object()) return message;
    } catch (const Error& error) {
        throw Error{Fault::internal, error.message()};
    }
    throw Error{Fault::internal, "the server's message is no JSON object"};
}

Error refused_with(int status, const http::Endpoint& endpoint) {
    const auto where = http::to_string(endpoint);
    if (status == 401 || status == 403)
        return Error{Fault::denied, fmt::format("{} does not let us in (status {})", where, status)};
    if (status == 400 || status == 404 || status == 405)
        return Error{Fault::unsupported, fmt::format("{} does not speak this transport (status {})", where, status)};
    return Error{Fault::unreachable, fmt::format("{} answered with status {}", where, status)};
}

http::Request Conversation::post_request(std::string text) const {
    http::Request request;
    request.method = "POST";
    request.target = target_;
    request.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json, text/event-stream"}};
    request.headers.insert(request.headers.end(), session_headers_.begin(), session_headers_.end());
    request.body = std::move(text);
    request.deadline = patience_;
    return request;
}

Task<bool> Conversation::answers(const Json& message, int id) {
    const auto its_id = message.find("id");
    if (!message.contains("method")) co_return its_id != message.end() && *its_id == id;
    if (its_id == message.end()) co_return false;
    auto answer = envelope();
    answer["id"] = *its_id;
    if (message["method"] == "ping")
        answer["result"] = Json::object();
    else
        answer["error"] = Json{{"code", method_not_found}, {"message", "thv offers nothing to servers"}};
    co_await post(answer.dump());
    co_return false;
}

Task<Json> Conversation::request(std::string method, Json params) {
    const int id = next_id_++;
    auto message = envelope();
    message["id"] = id;
    message["method"] = method;
    message["params"] = std::move(params);
    auto asking = exchange(id, message.dump());
    const auto answer =
        co_await with_deadline(std::move(asking), patience_, fmt::format("waiting for the answer to {}", method));
    if (answer.contains("error")) throw refusal(method, answer["error"]);
    const auto result = answer.find("result");
    if (result == answer.end() || !result->is_object())
        throw Error{Fault::internal, fmt::format("the server's answer to {} has no result", method)};
    co_return *result;
}

Task<> Conversation::initialize() {
    Json params = Json::object();
    params["protocolVersion"] = versions.front();
    params["capabilities"] = Json::object();
    params["clientInfo"] = Json{{"name", "thv"}, {"version", THV_VERSION}};
    server_ = co_await request("initialize", std::move(params));
    const auto version = text_of(server_, "protocolVersion");
    if (std::ranges::find(versions, version) == versions.end())
        throw Error{Fault::unsupported,
                    fmt::format("the server speaks revision '{}' of the protocol, which thv does not",
                                cli::printable(version))};
    session_headers_.emplace_back("MCP-Protocol-Version", version);
    auto message = envelope();
    message["method"] = "notifications/initialized";
    auto telling = post(message.dump());
    co_await with_deadline(std::move(telling), patience_, "waiting for the server to be told that we are ready");
}

} // namespace thv::commands
