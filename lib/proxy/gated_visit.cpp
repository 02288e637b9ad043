// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/gated_visit.hpp"

#include "core/base64.hpp"
#include "core/text.hpp"
#include "proxy/guard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace thv::proxy {

namespace {

constexpr std::string_view json_fields = "Content-Type: application/json\r\n";

/// The value of a field in header lines; empty without one.
std::string value_of(std::string_view lines, std::string_view lower_name) {
    while (!lines.empty()) {
        const auto line = lines.substr(0, lines.find("\r\n"));
        lines.remove_prefix(std::min(line.size() + 2, lines.size()));
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || lower(line.substr(0, colon)) != lower_name) continue;
        auto value = line.substr(colon + 1);
        while (value.starts_with(' '))
            value.remove_prefix(1);
        return std::string{value};
    }
    return {};
}

std::string joined(http::Parts parts) {
    std::string text;
    for (const auto part : parts)
        text += part;
    return text;
}

bool is_encoded(std::string_view fields) {
    const auto coding = lower(value_of(fields, "content-encoding"));
    return !coding.empty() && coding != "identity";
}

} // namespace

GatedVisit::GatedVisit(http::Visit& outer, const Rules& rules, std::function<void(int)> ended)
    : outer_(outer)
    , rules_(rules)
    , ended_(std::move(ended)) {
    authenticated(outer.principal(), std::chrono::steady_clock::time_point::max());
    if (rules_.view.active()) look_into_request();
    choose_fields();
}

void GatedVisit::choose_fields() {
    for (std::size_t i = 0; i < outer_.fields(); ++i) {
        auto field = outer_.field(i);
        const auto name = lower(field.name);
        if (name == "cookie" || (name == "authorization" && !principal().empty())) continue;
        // What has to be read must not come compressed.
        if (name == "accept-encoding" && rules_.view.active()) continue;
        if (name == "mcp-name" && !tool_.empty()) field.value = tool_;
        fields_.push_back(field);
    }
}

void GatedVisit::look_into_request() {
    if (outer_.method() != "POST" || outer_.body().empty()) return;
    const auto message = mcp::scan(outer_.body());
    if (!message) {
        refusal_ = {400, mcp::error_message({}, message.error().code, message.error().reason)};
        return;
    }
    auto sent = rules_.view.to_server(*message, outer_.body());
    if (!sent) {
        refusal_ = {200, std::move(sent).error()};
    } else if (auto& edited = *sent; edited) {
        body_ = std::move(*edited);
        const auto changed = mcp::scan(*body_);
        tool_ = mcp::unquote(mcp::member(changed ? changed->params : std::string_view{}, "name")).value_or("");
        const auto plain = [](unsigned char byte) { return byte > 0x20 && byte < 0x7F; };
        if (!std::ranges::all_of(tool_, plain))
            tool_ = fmt::format("=?base64?{}?=", base64_encode(tool_)); // MCP 2026-07-28, "Standard Headers"
    }
}

std::optional<std::string_view> GatedVisit::header(std::string_view lower_name) const {
    const auto found =
        std::ranges::find_if(fields_, [&](const Field& field) { return lower(field.name) == lower_name; });
    return found == fields_.end() ? std::nullopt : std::optional{found->value};
}

std::size_t GatedVisit::header_count(std::string_view lower_name) const {
    const auto count =
        std::ranges::count_if(fields_, [&](const Field& field) { return lower(field.name) == lower_name; });
    return static_cast<std::size_t>(count);
}

void GatedVisit::note(int status, std::string_view fields) {
    if (call_) call_->begins(status, value_of(fields, "content-type"), is_encoded(fields));
    if (rules_.owners == nullptr) return;
    const auto given = header("mcp-session-id");
    if (given && method() == "DELETE" && status < 300) return rules_.owners->closed(*given);
    const auto opened = value_of(fields, "mcp-session-id");
    // A server that repeats the identifier tells nothing new; one that gives another's away is not believed.
    if (!given && !opened.empty() && status < 300) rules_.owners->opened(opened, principal());
}

void GatedVisit::answer(int status, std::string_view fields, http::Parts body) {
    note(status, fields);
    if (call_) call_->carries(body);
    if (rules_.view.active()) return answer_viewed(status, fields, joined(body));
    outer_.answer(status, fields, body);
    end(status);
}

void GatedVisit::answer_viewed(int status, std::string_view fields, std::string_view body) {
    if (!body.empty() && is_encoded(fields)) return answer_broken("the server's answer is compressed");
    if (lower(value_of(fields, "content-type")).starts_with("text/event-stream")) {
        mcp::ViewedEvents events{rules_.view, rules_.longest};
        auto text = events.feed(body);
        text += events.finish();
        if (events.broken()) return answer_broken("the server's answer is too long");
        outer_.answer(status, fields, text);
        return end(status);
    }
    const auto message = mcp::scan(body);
    const auto begin = body.find_first_not_of(" \t\r\n");
    const bool json = begin != std::string_view::npos && (body[begin] == '{' || body[begin] == '[');
    // A client may find a list of tools in what is no message to us.
    if (!message && json && method() == "POST" && status < 300)
        return answer_broken("the server's answer is no JSON-RPC message");
    const auto seen = message ? rules_.view.from_server(*message, body) : std::nullopt;
    outer_.answer(status, fields, seen ? std::string_view{*seen} : body);
    end(status);
}

void GatedVisit::answer_broken(std::string_view why) {
    if (call_) call_->broke_off();
    outer_.answer(502, json_fields, mcp::error_message({}, -32000, why));
    end(502);
}

void GatedVisit::start(int status, std::string_view fields) {
    note(status, fields);
    started_ = true;
    status_ = status;
    if (!rules_.view.active() || method() == "HEAD") return outer_.start(status, fields);
    const bool events = lower(value_of(fields, "content-type")).starts_with("text/event-stream");
    if (events && !is_encoded(fields)) {
        way_ = Way::events;
        events_.emplace(rules_.view, rules_.longest);
        return outer_.start(status, fields);
    }
    way_ = Way::whole;
    head_ = fields;
}

bool GatedVisit::send(http::Parts bytes) {
    if (call_) call_->carries(bytes);
    if (way_ == Way::as_is) return outer_.send(bytes);
    if (way_ == Way::events) {
        std::string text;
        for (const auto part : bytes)
            text += events_->feed(part);
        if (!events_->broken()) return outer_.send(std::string_view{text});
        abort();
        return false;
    }
    held_ += joined(bytes);
    if (held_.size() <= rules_.longest) return true;
    abort();
    return false;
}

void GatedVisit::finish() {
    if (way_ == Way::whole) return answer_viewed(status_, head_, held_);
    if (way_ == Way::events) {
        const auto rest = events_->finish();
        if (!rest.empty()) outer_.send(std::string_view{rest});
    }
    outer_.finish();
    end(status_);
}

void GatedVisit::abort() {
    if (call_) call_->broke_off();
    outer_.abort();
}

void GatedVisit::end(int status) {
    if (call_) call_->ends();
    if (const auto ended = std::exchange(ended_, nullptr)) ended(status);
}

} // namespace thv::proxy
