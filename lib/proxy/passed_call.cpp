// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/passed_call.hpp"

#include "core/text.hpp"
#include "proxy/endpoint_event.hpp"

#include <utility>

namespace thv::proxy {

PassedCall::PassedCall(const http::Visit& visit, const Rules& rules)
    : rules_(rules)
    , get_(visit.method() == "GET")
    , closes_(visit.method() == "DELETE") {
    if (get_) stream_ = visit.target();
    if (visit.method() == "POST") begin_call(visit);
    reads_ = get_ || watch_ != mcp::Watch::none;
    if (channel_.empty()) channel_ = visit.header("mcp-session-id").value_or("");
}

void PassedCall::begin_call(const http::Visit& visit) {
    const Caller caller{visit.principal(), visit.header("mcp-session-id").value_or("")};
    const auto message = mcp::scan(visit.body());
    if (message && message->kind != mcp::Kind::request) return;
    watch_ = message ? rules_.calls.began(caller, *message) : rules_.calls.began_unreadable(caller);
    if (message) id_ = message->id;
    if (!rules_.sse) return;
    channel_ = visit.target();
    rules_.late.expect(channel_, id_, watch_);
}

void PassedCall::begins(int status, std::string_view content_type, bool encoded) {
    status_ = status;
    encoded_ = encoded;
    if (!reads_ || encoded) return;
    const bool events = lower(content_type).starts_with("text/event-stream");
    if (get_ && !events) return;
    reader_.emplace(events ? AnswerReader::Form::events : AnswerReader::Form::json,
                    AnswerReader::Found{[this](const std::string& id, const mcp::Ending& ending) { found(id, ending); },
                                        [this](std::string_view url) { endpoint(url); }});
}

void PassedCall::carries(http::Parts bytes) {
    if (!reader_) return;
    for (const auto part : bytes)
        reader_->feed(part);
}

void PassedCall::found(const std::string& id, const mcp::Ending& ending) {
    // An error may be about a request whose id could not be read.
    if (watch_ != mcp::Watch::none && (id == id_ || id.empty() || id == "null"))
        ending_ = ending;
    else
        rules_.late.answered(channel_, id, ending);
}

/// Where the clients of this stream post to, as their requests will have it.
void PassedCall::endpoint(std::string_view url) {
    if (!rules_.sse || !get_) return;
    if (url.starts_with(rules_.prefix)) url.remove_prefix(rules_.prefix.size());
    channel_ = posting_target(stream_, url);
}

mcp::Ending PassedCall::ending_by_status() const {
    if (status_ >= 502 && status_ <= 504) return {.outcome = mcp::CallEnd::failed, .status = status_};
    auto ending = ending_.value_or(mcp::Ending{.outcome = status_ < 400 ? mcp::CallEnd::success : mcp::CallEnd::error});
    if (status_ != 200) ending.status = status_;
    return ending;
}

void PassedCall::ends() {
    if (reader_) reader_->finish();
    reader_.reset();
    if (watch_ == mcp::Watch::none) {
        if (closes_ && status_ < 300)
            rules_.late.closed(channel_, {.outcome = mcp::CallEnd::abandoned, .reason = "the session was closed"});
        if (rules_.sse && get_)
            rules_.late.closed(channel_, {.outcome = mcp::CallEnd::failed, .reason = "the stream ended"});
        return;
    }
    const bool comes_later = !ending_ && !encoded_ && status_ < 300 && !channel_.empty();
    if (!comes_later) return conclude(ending_by_status());
    const auto call = std::exchange(watch_, mcp::Watch::none);
    if (!rules_.sse) rules_.late.expect(channel_, id_, call);
}

void PassedCall::broke_off() {
    conclude({.outcome = mcp::CallEnd::failed, .reason = "the server broke off"});
}

void PassedCall::left() {
    conclude({.outcome = mcp::CallEnd::abandoned});
    if (rules_.sse && get_) rules_.late.closed(channel_, {.outcome = mcp::CallEnd::abandoned});
}

void PassedCall::conclude(const mcp::Ending& ending) {
    const auto call = std::exchange(watch_, mcp::Watch::none);
    if (call == mcp::Watch::none) return;
    if (rules_.sse) rules_.late.forget(channel_, id_);
    rules_.calls.ended(call, ending);
}

} // namespace thv::proxy
