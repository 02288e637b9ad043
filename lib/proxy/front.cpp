// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/front.hpp"

#include <fmt/format.h>

#include <array>

namespace thv::proxy {

namespace {

/// "application/json" of "Application/JSON; charset=utf-8".
std::string media_type(std::string_view value) {
    std::string type;
    for (const char byte : value.substr(0, value.find(';'))) {
        if (byte == ' ' || byte == '\t') continue;
        type.push_back(byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : byte);
    }
    return type;
}

} // namespace

void Front::refuse(http::Visit& visit, int status, int code, std::string_view message, std::string_view more) const {
    refuse(visit, status, mcp::error_message({}, code, message), more);
}

void Front::refuse(http::Visit& visit, int status, const std::string& message, std::string_view more) const {
    options_.calls->turned_away(visit, status, message);
    visit.answer(status, fields(visit, "application/json").append(more), message);
}

std::string Front::fields(const http::Visit& visit, std::string_view type) const {
    return fmt::format("Content-Type: {}\r\n{}", type, guard_.cors_fields(visit));
}

bool Front::is_json(http::Visit& visit) const {
    const auto type = visit.header("content-type");
    if (type && (*type == "application/json" || media_type(*type) == "application/json")) return true;
    refuse(visit, 415, -32000, "Unsupported Media Type: Content-Type must be application/json");
    return false;
}

Link* Front::settled(const Processes::Choice& choice, http::Visit& visit, const mcp::Message& message) {
    if (choice.link != nullptr) return choice.link;
    if (choice.later)
        processes_.wait(visit);
    else
        refuse(visit, 503, mcp::error_message(message.id, -32603, choice.why), "Retry-After: 2\r\n");
    return nullptr;
}

bool Front::is_clogged(http::Visit& visit, const Link& link, const mcp::Message& message) const {
    if (link.backlog() < options_.server_backlog) return false;
    const auto body = mcp::error_message(message.kind == mcp::Kind::request ? message.id : std::string_view{}, -32000,
                                         "the server does not read what it is sent");
    refuse(visit, 503, body, "Retry-After: 1\r\n");
    return true;
}

void Front::overloaded(http::Visit& visit, const mcp::Message& message, mcp::Watch watch) const {
    options_.calls->forget(watch);
    refuse(visit, 429, mcp::error_message(message.id, -32000, "too many requests are waiting"), "Retry-After: 1\r\n");
}

void Front::write_event(http::Visit& visit, std::string_view head, const mcp::Pieces& message) {
    std::array<std::string_view, 12> parts{head, "event: message\ndata: "};
    std::size_t count = 2;
    for (const auto part : message)
        parts[count++] = part;
    parts[count++] = "\n\n";
    visit.send(http::Parts{parts.data(), count});
}

bool Front::comment_due(Time now) {
    if (now - last_comment_ < options_.keep_alive) return false;
    last_comment_ = now;
    return true;
}

} // namespace thv::proxy
