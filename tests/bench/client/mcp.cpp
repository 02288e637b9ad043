// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "mcp.hpp"

#include <charconv>

namespace bench {
namespace {

constexpr std::string_view hello =
    R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},)"
    R"("clientInfo":{"name":"bench","version":"1"}}})";
constexpr std::string_view ready = R"({"jsonrpc":"2.0","method":"notifications/initialized"})";

/// The text behind `name` and any spaces.
std::string_view behind(std::string_view message, std::string_view name) {
    const auto found = message.find(name);
    if (found == std::string_view::npos) return {};
    message.remove_prefix(found + name.size());
    while (message.starts_with(' '))
        message.remove_prefix(1);
    return message;
}

/// Exchanges one request for one answer; 0 when there was none in time.
int exchange(Poll& poll, Connection& connection, const std::string& request, Clock::time_point until) {
    connection.send(request);
    auto state = Connection::State::open;
    while (state == Connection::State::open) {
        if (!connection.is_open() || Clock::now() > until) return 0;
        poll.wait(until, [&](void*) { state = connection.work(); });
    }
    return state == Connection::State::whole ? connection.answer().status() : 0;
}

} // namespace

void append_call(std::string& out, std::uint64_t number) {
    const auto text = std::to_string(number);
    out.append(R"({"jsonrpc":"2.0","id":)").append(text);
    out.append(R"(,"method":"tools/call","params":{"name":"echo","arguments":{"message":"m-)").append(text);
    out.append(R"("}}})");
}

std::optional<std::uint64_t> id_of(std::string_view message) {
    const auto digits = behind(message, "\"id\":");
    std::uint64_t number = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (read.ec != std::errc{}) return std::nullopt;
    return number;
}

bool answers_call(std::string_view message, std::uint64_t number) {
    const auto text = behind(message, "\"text\":");
    const auto wanted = "\"m-" + std::to_string(number) + '"';
    return id_of(message) == number && text.starts_with(wanted);
}

Verdict verdict(const AnswerReader& answer, std::uint64_t number) {
    if (answer.status() == 429 || answer.status() == 503) return Verdict::refused;
    if (answer.status() != 200 || answer.body().find("\"result\"") == std::string::npos) return Verdict::failed;
    return answers_call(answer.body(), number) ? Verdict::right : Verdict::wrong;
}

Words::Words(const Place& place, std::string session)
    : place_(place.path + " HTTP/1.1\r\nHost: " + place.host + "\r\n") {
    if (!session.empty()) headers_ = "Mcp-Session-Id: " + session + "\r\nMCP-Protocol-Version: 2025-06-18\r\n";
}

std::string Words::post(std::string_view body) const {
    return "POST " + place_ + "Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n" +
           headers_ + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
}

const std::string& Words::call(std::uint64_t number) {
    body_.clear();
    append_call(body_, number);
    call_ = post(body_);
    return call_;
}

std::string Words::initialize() const {
    return post(hello);
}
std::string Words::initialized() const {
    return post(ready);
}
std::string Words::listen() const {
    return "GET " + place_ + "Accept: text/event-stream\r\n" + headers_ + "\r\n";
}
std::string Words::erase() const {
    return "DELETE " + place_ + headers_ + "\r\n";
}

Opened open_session(const Place& place, Clock::time_point until) {
    Poll poll;
    Connection connection;
    connection.open(poll, place);
    const int status = exchange(poll, connection, Words{place}.initialize(), until);
    if (status != 200) return {.session = {}, .status = status};
    const auto session = connection.answer().session();
    connection.next();
    if (!connection.is_open()) connection.open(poll, place);
    const int noted = exchange(poll, connection, Words{place, session}.initialized(), until);
    if (noted != 200 && noted != 202) return {.session = {}, .status = noted};
    return {.session = session, .status = noted};
}

} // namespace bench
