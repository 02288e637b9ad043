// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/streamable_front.hpp"

#include "core/text.hpp"
#include "mcp/modern.hpp"
#include "mcp/versions.hpp"

#include <fmt/format.h>

#include <vector>

namespace thv::proxy {

namespace {

constexpr Duration patience_for_readers = std::chrono::minutes{5};
constexpr std::string_view parameter_prefix = "mcp-param-";
constexpr std::uint32_t first_reopened_event = 1U << 24U; // beyond all that an earlier process has sent of a stream

bool contains_type(std::string_view value, std::string_view type, std::string_view range) {
    return value.contains(type) || value.contains(range) || value.contains("*/*");
}

/// No Accept at all means anything (RFC 9110, 12.5.1).
Accepts accepted(const http::Visit& visit) {
    const auto value = visit.header("accept");
    if (!value) return {true, true};
    return {contains_type(*value, "application/json", "application/*"),
            contains_type(*value, "text/event-stream", "text/*")};
}

bool is_modern_version(std::optional<std::string_view> version) {
    return version == mcp::modern_version;
}

/// What the headers repeat of the body. A field that occurs twice says nothing that could be relied on.
mcp::Mirrored mirrored(const http::Visit& visit) {
    const auto one = [&](std::string_view name) -> std::optional<std::string_view> {
        if (visit.header_count(name) > 1) return std::string_view{};
        return visit.header(name);
    };
    mcp::Mirrored headers{one("mcp-protocol-version"), one("mcp-method"), one("mcp-name")};
    for (std::size_t i = 0; i < visit.fields(); ++i) {
        const auto [name, value] = visit.field(i);
        if (name.size() <= parameter_prefix.size()) continue;
        auto small = lower(name);
        if (!small.starts_with(parameter_prefix)) continue;
        headers.parameters.push_back({small.substr(parameter_prefix.size()), std::string{value}});
    }
    return headers;
}

} // namespace

StreamableFront::StreamableFront(const Parts& parts)
    : Front(parts) {
    // A process of a session's own ends with this one.
    if (!options_.session_journal.empty() && options_.isolation == Isolation::shared) reopen();
}

/// The sessions of a process that was killed go on.
void StreamableFront::reopen() {
    journal_.emplace(options_.session_journal, options_.sessions);
    for (const auto& [id, record] : journal_->sessions()) {
        auto& link = processes_.shared();
        auto& session = add(id, link, link.bridge().reopen(record.facts));
        session.principal = record.principal;
        quota_.add(session.principal);
        session.primes = record.primes;
        session.reopened = true;
        session.next_stream = record.next_stream;
        for (const auto& [number, call] : record.streams)
            reopen_stream(session, number, call);
    }
}

/// What the server says on from now on is kept for the client, which comes back for it.
void StreamableFront::reopen_stream(Session& session, std::uint32_t number, const mcp::OpenCall& call) {
    auto& stream = *session.streams.emplace(number, std::make_unique<Stream>()).first->second;
    stream.session = &session;
    stream.number = number;
    stream.events = first_reopened_event;
    stream.exchange = exchange_of(stream, 5);
    stream.left = std::chrono::steady_clock::now();
    session.link->bridge().reopen_call({.session = session.key, .exchange = stream.exchange, .streams = true}, call);
}

void StreamableFront::serve(http::Visit& visit) {
    if (visit.method() == "POST") return post(visit);
    // The modern revision has one method only.
    const bool modern = is_modern_version(visit.header("mcp-protocol-version"));
    if (visit.method() == "GET" && !modern) return get(visit);
    if (visit.method() == "DELETE" && !modern) return erase(visit);
    refuse(visit, 405, -32000, "Method not allowed", modern ? "Allow: POST\r\n" : "Allow: GET, POST, DELETE\r\n");
}

void StreamableFront::post(http::Visit& visit) {
    if (!is_json(visit)) return;
    const auto accepts = accepted(visit);
    if (!accepts.json && !accepts.events)
        return refuse(visit, 406, -32000, "Not Acceptable: accept application/json and text/event-stream");
    const auto message = mcp::scan(visit.body());
    if (!message) return refuse(visit, 400, message.error().code, message.error().reason);
    if (mcp::is_modern(*message, visit.header("mcp-protocol-version"))) return modern(visit, *message);
    if (message->kind == mcp::Kind::request && message->method == mcp::Method::initialize)
        return initialize(visit, *message);
    if (!version_ok(visit)) return;
    auto* const session = session_of(visit);
    if (session != nullptr && !is_clogged(visit, *session->link, *message)) pass_on(visit, *session, *message);
}

void StreamableFront::initialize(http::Visit& visit, const mcp::Message& message) {
    // A client may repeat an identifier that has ended; but it never gets to choose one.
    if (const auto id = visit.header("mcp-session-id"); id && sessions_.contains(std::string{*id}))
        return refuse(visit, 400,
                      mcp::error_message(message.id, -32600, "Invalid Request: the session is initialized already"));
    if (const auto why = quota_.refusal(visit.principal()); !why.empty())
        return refuse(visit, 503, mcp::error_message(message.id, -32000, why), "Retry-After: 10\r\n");
    auto* const link = settled(processes_.for_session(), visit, message);
    if (link == nullptr) return;
    const auto accepts = accepted(visit);
    const mcp::Bridge::From from{
        .exchange = exchange_of_visit(visit, accepts), .streams = accepts.events, .watch = watch(visit, message, {})};
    greetings_.emplace(&visit, link);
    if (link->bridge().initialize(from, message, visit.body())) return;
    greetings_.erase(&visit);
    overloaded(visit, message, from.watch);
}

void StreamableFront::modern(http::Visit& visit, const mcp::Message& message) {
    if (message.kind == mcp::Kind::result || message.kind == mcp::Kind::error)
        return refuse(visit, 400, -32600, "Invalid Request: servers ask for nothing in this revision");
    auto headers = mirrored(visit);
    if (const auto wrong = mcp::complaint(message, headers))
        return refuse(visit, wrong->status, mcp::error_message(message.id, wrong->code, wrong->message, wrong->data));
    // The only one that there is cancels nothing here: closing the stream does.
    if (message.kind == mcp::Kind::notification)
        return visit.answer(202, guard_.cors_fields(visit), std::string_view{});
    const auto accepts = accepted(visit);
    if (message.method == mcp::Method::listen && !accepts.events)
        return refuse(visit, 406, mcp::error_message(message.id, -32600, "Not Acceptable: accept text/event-stream"));
    auto* const link = settled(processes_.for_modern(message), visit, message);
    if (link == nullptr || is_clogged(visit, *link, message)) return;
    const auto exchange = exchange_of_visit(visit, accepts);
    greetings_.emplace(&visit, link);
    if (message.method == mcp::Method::listen) modern_streams_.insert(&visit);
    const mcp::Bridge::From from{.exchange = exchange, .streams = accepts.events, .watch = watch(visit, message, {})};
    if (link->bridge().modern(from, message, visit.body(), std::move(headers.parameters))) return;
    modern_streams_.erase(&visit);
    greetings_.erase(&visit);
    overloaded(visit, message, from.watch);
}

void StreamableFront::pass_on(http::Visit& visit, Session& session, const mcp::Message& message) {
    session.last_used = now_;
    auto& bridge = session.link->bridge();
    switch (message.kind) {
    case mcp::Kind::request: {
        const auto accepts = accepted(visit);
        const mcp::Bridge::From from{session.key, exchange_of_visit(visit, accepts), accepts.events,
                                     watch(visit, message, session.id)};
        posts_[&visit] = &session;
        if (bridge.request(from, message, visit.body())) return;
        posts_.erase(&visit);
        return overloaded(visit, message, from.watch);
    }
    case mcp::Kind::notification:
        bridge.notification(session.key, message, visit.body());
        break;
    default:
        bridge.reply(session.key, message, visit.body());
    }
    visit.answer(202, guard_.cors_fields(visit), std::string_view{});
}

StreamableFront::Session* StreamableFront::session_of(http::Visit& visit) {
    const auto id = visit.header("mcp-session-id");
    if (!id) {
        refuse(visit, 400, -32000, "Bad Request: the Mcp-Session-Id header is missing");
        return nullptr;
    }
    const auto found = sessions_.find(std::string{*id});
    if (found != sessions_.end() && visit.header_count("mcp-session-id") == 1 &&
        found->second->principal == visit.principal())
        return found->second.get();
    refuse(visit, 404, -32001, "Session not found");
    return nullptr;
}

bool StreamableFront::version_ok(http::Visit& visit) const {
    const auto version = visit.header("mcp-protocol-version");
    if (!version || mcp::known_version(*version)) return true;
    refuse(visit, 400, -32000, "Bad Request: unsupported protocol version");
    return false;
}

void StreamableFront::get(http::Visit& visit) {
    if (!accepted(visit).events) return refuse(visit, 406, -32000, "Not Acceptable: accept text/event-stream");
    if (!version_ok(visit)) return;
    auto* const session = session_of(visit);
    if (session == nullptr) return;
    session->last_used = now_;
    const auto last = visit.header("last-event-id");
    if (last && !is_forgotten(*session, *last)) return resume(visit, *session, *last);
    if (session->listener.visit != nullptr)
        return refuse(visit, 409, -32000, "Conflict: the session has an open stream already");
    listen(visit, *session);
}

/// Whether that event was sent to a listener by an earlier process, whose events are not known any more.
bool StreamableFront::is_forgotten(const Session& session, std::string_view last_id) {
    const auto id = parse_event_id(last_id);
    return id && id->stream == 0 && session.reopened && !session.listened;
}

void StreamableFront::erase(http::Visit& visit) {
    auto* const session = session_of(visit);
    if (session == nullptr) return;
    end(std::string{session->id});
    visit.answer(200, guard_.cors_fields(visit), std::string_view{});
}

void StreamableFront::end(const std::string& id) {
    const auto session = std::move(sessions_.extract(id).mapped());
    session->link->bridge().close(session->key);
    if (journal_) journal_->erase(id);
    quota_.remove(session->principal);
    by_key_.erase(session->key);
    std::erase_if(posts_, [&](const auto& entry) { return entry.second == session.get(); });
    const auto hang_up = [this](Stream& stream) {
        if (stream.visit == nullptr) return;
        streams_.erase(stream.visit);
        stream.visit->finish();
    };
    processes_.give_back(*session->link);
    hang_up(session->listener);
    for (const auto& [number, stream] : session->streams)
        hang_up(*stream);
}

void StreamableFront::gone(http::Visit& visit) {
    const auto post = posts_.extract(&visit);
    modern_streams_.erase(&visit);
    auto* const stream = stream_of(visit);
    if (stream != nullptr) return leave(*stream);
    const auto greeting = greetings_.extract(&visit);
    if (!post && !greeting) return;
    auto& link = post ? *post.mapped()->link : *greeting.mapped();
    link.bridge().abandon(exchange_of_visit(visit, accepted(visit)));
    if (greeting) processes_.give_back(link); // a session that it may have begun is nobody's
}

void StreamableFront::tick(Time now) {
    now_ = now;
    std::vector<std::string> expired;
    for (auto& [id, session] : sessions_) {
        if (session->listener.visit != nullptr || session->link->bridge().busy(session->key))
            session->last_used = now;
        else if (now - session->last_used >= options_.session_ttl)
            expired.push_back(id);
        end_stale(*session);
    }
    for (const auto& id : expired)
        end(id);
    if (!comment_due(now)) return;
    constexpr std::string_view comment = ": keep-alive\n\n";
    for (const auto& [visit, stream] : streams_)
        visit->send(comment);
    for (auto* const visit : modern_streams_)
        if (visit->started()) visit->send(comment);
}

void StreamableFront::ended(Link& link) {
    std::vector<std::string> lost;
    for (const auto& [id, session] : sessions_)
        if (session->link == &link) lost.push_back(id);
    for (const auto& id : lost)
        end(id);
    std::erase_if(greetings_, [&](const auto& entry) { return entry.second == &link; });
}

/// Readers that do not come back for what is kept for them.
void StreamableFront::end_stale(Session& session) {
    std::erase_if(session.streams, [&](const auto& entry) {
        auto& stream = *entry.second;
        if (stream.visit != nullptr || now_ - stream.left < patience_for_readers) return false;
        if (stream.done) return true;
        session.link->bridge().abandon(exchange_of(stream, 5));
        finish(stream);
        return true;
    });
}

void StreamableFront::end_streams() {
    std::vector<Stream*> listeners;
    for (const auto& [visit, stream] : streams_)
        if (stream->number == 0) listeners.push_back(stream);
    for (auto* const stream : listeners) {
        auto& visit = *stream->visit;
        leave(*stream);
        visit.finish();
    }
}

std::unique_ptr<Front> make_streamable_front(const Front::Parts& parts) {
    return std::make_unique<StreamableFront>(parts);
}

} // namespace thv::proxy
