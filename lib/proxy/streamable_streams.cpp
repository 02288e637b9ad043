// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/streamable_front.hpp"

#include <fmt/format.h>

namespace thv::proxy {

namespace {

constexpr std::size_t max_streams = 64; // of one session, kept for readers that may come back
constexpr Duration short_absence = std::chrono::minutes{1};
constexpr std::string_view retry_line = "retry: 1000\n"; // milliseconds until a reader comes back

std::string id_line(std::uint32_t stream, std::uint32_t event) {
    return fmt::format("id: {}\n", to_string(EventId{stream, event}));
}

} // namespace

void StreamableFront::start_events(http::Visit& visit, std::string_view more) const {
    visit.start(200, fields(visit, "text/event-stream").append(event_stream_fields).append(more));
}

/// The event without data that tells a reader where it is before anything has come (2025-11-25).
void StreamableFront::prime(Stream& stream) const {
    if (!stream.session->primes) return;
    stream.visit->send(fmt::format("{}{}data: \n\n", id_line(stream.number, stream.events), retry_line));
}

StreamableFront::Stream* StreamableFront::stream_of(http::Visit& visit) const {
    const auto found = streams_.find(&visit);
    return found == streams_.end() ? nullptr : found->second;
}

StreamableFront::Stream* StreamableFront::new_stream(http::Visit& visit, mcp::Exchange exchange) {
    const auto post = posts_.find(&visit);
    if (post == posts_.end()) return nullptr;
    auto& session = *post->second;
    while (session.streams.size() >= max_streams) {
        const auto stale = std::ranges::find_if(session.streams, [](const auto& entry) { return entry.second->done; });
        if (stale == session.streams.end()) break; // all run; their number is that of requests in flight
        session.streams.erase(stale);
    }
    auto stream = std::make_unique<Stream>();
    stream->session = &session;
    stream->number = session.next_stream++;
    stream->visit = &visit;
    stream->exchange = exchange;
    if (const auto call = journal_ ? session.link->bridge().open_call(exchange) : std::nullopt)
        journal_->begin_stream(session.id, stream->number, *call);
    streams_.emplace(&visit, stream.get());
    return session.streams.emplace(stream->number, std::move(stream)).first->second.get();
}

/// All of it has come. It may have been lost on its way, so it stays for a while.
void StreamableFront::finish(Stream& stream) {
    stream.done = true;
    if (journal_) journal_->end_stream(stream.session->id, stream.number);
}

void StreamableFront::event(mcp::Exchange exchange, const mcp::Pieces& message) {
    if (address_kind(exchange) == Address::stream) return send(addressed<Stream>(exchange), message);
    auto& visit = addressed<http::Visit>(exchange);
    auto* stream = stream_of(visit);
    if (!visit.started()) {
        start_events(visit, {});
        stream = new_stream(visit, exchange);
        if (stream != nullptr) prime(*stream);
    }
    if (stream != nullptr) return send(*stream, message);
    write_event(visit, {}, message);
}

/// Keeps the message for a reader that may come back, and gives it to the one that is there.
void StreamableFront::send(Stream& stream, const mcp::Pieces& message) {
    auto& session = *stream.session;
    ++stream.events;
    if (!session.log) session.log = std::make_unique<EventLog>(options_.replay_events, options_.replay_bytes);
    session.log->add({stream.number, stream.events}, message.str());
    if (stream.visit != nullptr) write_event(*stream.visit, id_line(stream.number, stream.events), message);
}

void StreamableFront::reply(mcp::Exchange exchange, int status, const mcp::Pieces& message, std::string_view more) {
    if (address_kind(exchange) == Address::stream) {
        auto& stream = addressed<Stream>(exchange);
        send(stream, message);
        finish(stream);
        if (stream.visit == nullptr) return;
        auto& visit = *stream.visit;
        drop(stream);
        return visit.finish();
    }
    auto& visit = addressed<http::Visit>(exchange);
    // No session came of it, or it needs none.
    if (const auto greeting = greetings_.extract(&visit)) processes_.give_back(*greeting.mapped());
    if (!visit.started() && (takes_json(exchange) || status != 200)) {
        posts_.erase(&visit);
        modern_streams_.erase(&visit);
        const http::Parts parts{message.begin(), message.end()};
        visit.answer(status, fields(visit, "application/json").append(more), parts);
        return;
    }
    if (!visit.started()) start_events(visit, more);
    auto* const stream = stream_of(visit);
    posts_.erase(&visit);
    modern_streams_.erase(&visit);
    if (stream == nullptr) {
        write_event(visit, {}, message);
        return visit.finish();
    }
    send(*stream, message);
    finish(*stream);
    leave(*stream);
    visit.finish();
}

/// Nobody reads any more; what comes is kept.
void StreamableFront::leave(Stream& stream) {
    auto& visit = *stream.visit;
    streams_.erase(&visit);
    stream.visit = nullptr;
    stream.left = now_;
    stream.missed_from = stream.events;
    if (stream.number == 0 || stream.done) {
        stream.session->last_used = now_;
        return;
    }
    const auto kept = exchange_of(stream, 5);
    stream.session->link->bridge().readdress(std::exchange(stream.exchange, kept), kept);
}

void StreamableFront::drop(Stream& stream) {
    streams_.erase(stream.visit);
    stream.visit = nullptr;
    stream.left = now_;
}

void StreamableFront::listen(http::Visit& visit, Session& session) {
    auto& stream = session.listener;
    start_events(visit, {});
    join(visit, stream);
    prime(stream);
    visit.send(std::string_view{});
    // A reader that comes back without saying where it was.
    if (session.listened && session.log && now_ - stream.left < short_absence) replay(stream, stream.missed_from);
    session.listened = true;
    session.link->bridge().stream_opened(session.key);
}

void StreamableFront::join(http::Visit& visit, Stream& stream) {
    stream.visit = &visit;
    streams_.emplace(&visit, &stream);
}

void StreamableFront::replay(Stream& stream, std::uint32_t after) const {
    stream.session->log->replay({stream.number, after}, [&](EventId id, const std::string& message) {
        write_event(*stream.visit, id_line(id.stream, id.event), mcp::Pieces{message});
    });
}

StreamableFront::Stream* StreamableFront::find_stream(Session& session, std::uint32_t number) {
    if (number == 0) return session.listened ? &session.listener : nullptr;
    const auto found = session.streams.find(number);
    return found == session.streams.end() ? nullptr : found->second.get();
}

void StreamableFront::resume(http::Visit& visit, Session& session, std::string_view last_id) {
    constexpr std::string_view unknown = "Bad Request: the Last-Event-ID is not known, or what follows it is gone";
    const auto id = parse_event_id(last_id);
    if (!id) return refuse(visit, 400, -32000, unknown);
    auto* const stream = find_stream(session, id->stream);
    if (stream == nullptr || id->event > stream->events) return refuse(visit, 400, -32000, unknown);
    if (session.log && !session.log->complete_after(*id)) return refuse(visit, 400, -32000, unknown);
    if (stream->visit != nullptr) {
        // The client knows better than we do that its last connection is dead.
        auto& old = *stream->visit;
        leave(*stream);
        old.abort();
    }
    start_events(visit, {});
    join(visit, *stream);
    visit.send(std::string_view{});
    if (session.log) replay(*stream, id->event);
    if (stream->done) {
        drop(*stream);
        return visit.finish();
    }
    if (stream->number == 0) session.link->bridge().stream_opened(session.key);
}

void StreamableFront::opened(mcp::Exchange exchange, Link& link, mcp::Session key, const mcp::Pieces& message) {
    greetings_.erase(&addressed<http::Visit>(exchange));
    auto& session = add(random_id(), link, key);
    session.principal = addressed<http::Visit>(exchange).principal();
    quota_.add(session.principal);
    const auto text = message.str();
    const auto version = mcp::unquote(mcp::member(mcp::member(text, "result"), "protocolVersion"));
    session.primes = version >= "2025-11-25"; // revisions are dates, so their order is that of their text
    changed(key, link.bridge().facts(key));
    const auto line = fmt::format("Mcp-Session-Id: {}\r\n", session.id);
    reply(exchange, 200, message, line);
}

StreamableFront::Session& StreamableFront::add(std::string id, Link& link, mcp::Session key) {
    auto made = std::make_unique<Session>();
    auto& session = *made;
    session.id = std::move(id);
    session.key = key;
    session.link = &link;
    session.listener.session = &session;
    session.last_used = now_;
    by_key_.emplace(key, &session);
    sessions_.emplace(session.id, std::move(made));
    return session;
}

void StreamableFront::changed(mcp::Session key, const mcp::SessionFacts& facts) {
    const auto found = by_key_.find(key);
    if (!journal_ || found == by_key_.end()) return;
    const auto& session = *found->second;
    journal_->put(session.id, {.facts = facts, .primes = session.primes, .principal = session.principal});
}

bool StreamableFront::push(mcp::Session key, const mcp::Pieces& message) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return false;
    auto& session = *found->second;
    const bool away = session.listener.visit == nullptr;
    if (away && (!session.listened || now_ - session.listener.left >= short_absence)) return false;
    send(session.listener, message);
    return true;
}

} // namespace thv::proxy
