// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/passage.hpp"

#include "proxy/endpoint_event.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace thv::proxy {

namespace {

constexpr std::size_t enough_queued = 256U << 10U;
constexpr std::size_t small_answer = 64U << 10U;

/// Whether a field is about one connection only (RFC 9110, 7.6.1), `connection` being the value of that field.
bool hop_by_hop(const std::string& name, std::string_view connection) {
    constexpr std::array<std::string_view, 9> always{"connection",          "keep-alive", "proxy-connection",
                                                     "proxy-authorization", "te",         "trailer",
                                                     "transfer-encoding",   "upgrade",    "proxy-authenticate"};
    if (std::ranges::find(always, name) != always.end()) return true;
    const auto listed = lower(connection);
    for (std::string_view rest{listed}; !rest.empty();) {
        const auto comma = std::min(rest.find(','), rest.size());
        auto token = rest.substr(0, comma);
        rest.remove_prefix(std::min(comma + 1, rest.size()));
        while (token.starts_with(' '))
            token.remove_prefix(1);
        while (token.ends_with(' '))
            token.remove_suffix(1);
        if (token == name) return true;
    }
    return false;
}

std::optional<std::size_t> content_length(const http::Response& head) {
    const auto* const value = head.header("content-length");
    if (value == nullptr || value->empty() || value->size() > 18) return std::nullopt;
    std::size_t length = 0;
    for (const char digit : *value) {
        if (digit < '0' || digit > '9') return std::nullopt;
        length = length * 10 + static_cast<std::size_t>(digit - '0');
    }
    return length;
}

bool has_events(const http::Response& head) {
    const auto* const type = head.header("content-type");
    return type != nullptr && lower(*type).starts_with("text/event-stream");
}

Task<> stream_back(std::shared_ptr<Passage> passage, std::unique_ptr<http::Stream> stream, bool rewrite) {
    EndpointEvent endpoint;
    while (passage->visit != nullptr) {
        auto bytes = co_await stream->read_some();
        if (passage->visit == nullptr) co_return;
        const bool end = bytes.empty();
        if (rewrite) bytes = end ? endpoint.finish() : endpoint.feed(bytes);
        if (!bytes.empty() && !passage->visit->send(bytes)) co_return;
        if (end) co_return passage->visit->finish();
        if (passage->visit->queued() <= enough_queued) continue;
        passage->room.reset();
        co_await passage->room.wait();
    }
}

} // namespace

http::Request forwarded(const http::Visit& visit) {
    http::Request request;
    request.method = visit.method();
    request.target = visit.target();
    request.body = visit.body();
    request.deadline = std::chrono::minutes{15}; // of a call until its answer begins, as for stdio servers
    const auto connection = visit.header("connection").value_or("");
    constexpr std::array<std::string_view, 4> ours{"host", "origin", "content-length", "expect"};
    for (std::size_t i = 0; i < visit.fields(); ++i) {
        const auto [name, value] = visit.field(i);
        const auto key = lower(name);
        if (hop_by_hop(key, connection) || std::ranges::find(ours, key) != ours.end()) continue;
        request.headers.emplace_back(name, value);
    }
    return request;
}

std::string returned_fields(const http::Response& head, const std::string& cors_fields) {
    const auto* const connection = head.header("connection");
    std::string fields = cors_fields;
    for (const auto& [name, value] : head.headers) {
        const auto key = lower(name);
        if (key == "content-length" || key == "date") continue;
        if (hop_by_hop(key, connection == nullptr ? std::string_view{} : *connection)) continue;
        if (!cors_fields.empty() && key.starts_with("access-control-")) continue;
        fmt::format_to(std::back_inserter(fields), "{}: {}\r\n", name, value);
    }
    return fields;
}

Task<> pass(std::shared_ptr<Passage> passage, std::shared_ptr<http::Client> client, std::string cors_fields, bool sse) {
    auto request = forwarded(*passage->visit);
    const bool is_get = request.method == "GET";
    const bool is_head = request.method == "HEAD";
    auto stream = co_await client->open(std::move(request));
    if (passage->visit == nullptr) co_return;
    const auto& head = stream->head();
    const auto fields = returned_fields(head, cors_fields);
    const auto length = content_length(head);
    if (length && *length <= small_answer && !is_head && !has_events(head)) {
        // In one piece: one write, and a length that the client can see.
        const auto body = co_await stream->read_all(small_answer);
        if (passage->visit != nullptr) passage->visit->answer(head.status, fields, body);
        co_return;
    }
    passage->visit->start(head.status, fields);
    if (!passage->visit->send(std::string_view{})) co_return;
    const bool rewrite = sse && is_get && has_events(head);
    co_await stream_back(std::move(passage), std::move(stream), rewrite);
}

} // namespace thv::proxy
