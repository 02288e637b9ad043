// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "mcp/versions.hpp"
#include "proxy/front.hpp"

#include <fmt/format.h>

#include <bit>
#include <unordered_map>
#include <vector>

namespace thv::proxy {

namespace {

constexpr std::string_view stream_fields = "Cache-Control: no-cache\r\nX-Accel-Buffering: no\r\n";

/// What a client is ready to read.
struct Accepts {
    bool json = false;
    bool events = false;
};

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

struct SessionState {
    std::string id;
    mcp::Session key{};
    http::Visit* stream = nullptr; ///< the GET
    std::chrono::steady_clock::time_point last_used;
};

/// An exchange is the address of its visit; what its client accepts is in the two lowest bits.
mcp::Exchange exchange_of(http::Visit& visit, Accepts accepts) {
    return mcp::Exchange{reinterpret_cast<std::uintptr_t>(&visit) | (accepts.json ? 1U : 0U) |
                         (accepts.events ? 2U : 0U)};
}
http::Visit& visit_of(mcp::Exchange exchange) {
    return *std::bit_cast<http::Visit*>(static_cast<std::uintptr_t>(exchange) & ~std::uintptr_t{3});
}
bool takes_json(mcp::Exchange exchange) {
    return (static_cast<std::uint64_t>(exchange) & 1U) != 0;
}

class StreamableFront final : public Front {
public:
    using Front::Front;

    void tick(Time now) override;
    void end_streams() override;
    void gone(http::Visit& visit) override;

    void event(mcp::Exchange exchange, const mcp::Pieces& message) override;
    void answer(mcp::Exchange exchange, const mcp::Pieces& message) override { reply(exchange, message, {}); }
    void opened(mcp::Exchange exchange, mcp::Session session, const mcp::Pieces& message) override;
    bool push(mcp::Session session, const mcp::Pieces& message) override;

protected:
    void serve(http::Visit& visit) override;

private:
    void post(http::Visit& visit);
    void get(http::Visit& visit);
    void erase(http::Visit& visit);
    void initialize(http::Visit& visit, const mcp::Message& message);
    void pass_on(http::Visit& visit, SessionState& session, const mcp::Message& message);
    void overloaded(http::Visit& visit, const mcp::Message& message) const;
    /// The session that the request names; null when it is refused (and answered).
    SessionState* session_of(http::Visit& visit);
    bool version_ok(http::Visit& visit) const;
    void reply(mcp::Exchange exchange, const mcp::Pieces& message, std::string_view more);
    void start_events(http::Visit& visit, std::string_view more) const;
    void end(const std::string& id);

    std::unordered_map<std::string, std::unique_ptr<SessionState>> sessions_;
    std::unordered_map<mcp::Session, SessionState*> by_key_;
    std::unordered_map<http::Visit*, SessionState*> streams_;
};

void StreamableFront::serve(http::Visit& visit) {
    if (visit.path() != "/mcp") return refuse(visit, 404, -32000, "Not Found: the endpoint is /mcp");
    if (visit.method() == "POST") return post(visit);
    if (visit.method() == "GET") return get(visit);
    if (visit.method() == "DELETE") return erase(visit);
    refuse(visit, 405, -32000, "Method not allowed", "Allow: GET, POST, DELETE\r\n");
}

void StreamableFront::post(http::Visit& visit) {
    if (!is_json(visit)) return;
    const auto accepts = accepted(visit);
    if (!accepts.json && !accepts.events)
        return refuse(visit, 406, -32000, "Not Acceptable: accept application/json and text/event-stream");
    const auto message = mcp::scan(visit.body());
    if (!message) return refuse(visit, 400, message.error().code, message.error().reason);
    if (message->kind == mcp::Kind::request && message->method == mcp::Method::initialize)
        return initialize(visit, *message);
    if (!version_ok(visit)) return;
    auto* const session = session_of(visit);
    if (session != nullptr && !is_clogged(visit, *message)) pass_on(visit, *session, *message);
}

void StreamableFront::initialize(http::Visit& visit, const mcp::Message& message) {
    // A client may repeat an identifier that has ended; but it never gets to choose one.
    if (const auto id = visit.header("mcp-session-id"); id && sessions_.contains(std::string{*id}))
        return refuse(visit, 400,
                      mcp::error_message(message.id, -32600, "Invalid Request: the session is initialized already"));
    if (sessions_.size() >= options_.sessions)
        return refuse(visit, 503, mcp::error_message(message.id, -32000, "too many sessions"), "Retry-After: 10\r\n");
    const auto accepts = accepted(visit);
    const mcp::Bridge::From from{.exchange = exchange_of(visit, accepts), .streams = accepts.events};
    if (!bridge().initialize(from, message, visit.body())) overloaded(visit, message);
}

void StreamableFront::pass_on(http::Visit& visit, SessionState& session, const mcp::Message& message) {
    session.last_used = now_;
    switch (message.kind) {
    case mcp::Kind::request: {
        const auto accepts = accepted(visit);
        const mcp::Bridge::From from{session.key, exchange_of(visit, accepts), accepts.events};
        if (!bridge().request(from, message, visit.body())) overloaded(visit, message);
        return;
    }
    case mcp::Kind::notification:
        bridge().notification(session.key, message, visit.body());
        break;
    default:
        bridge().reply(session.key, message, visit.body());
    }
    visit.answer(202, guard_.cors_fields(visit), std::string_view{});
}

void StreamableFront::overloaded(http::Visit& visit, const mcp::Message& message) const {
    refuse(visit, 429, mcp::error_message(message.id, -32000, "too many requests are waiting"), "Retry-After: 1\r\n");
}

SessionState* StreamableFront::session_of(http::Visit& visit) {
    const auto id = visit.header("mcp-session-id");
    if (!id) {
        refuse(visit, 400, -32000, "Bad Request: the Mcp-Session-Id header is missing");
        return nullptr;
    }
    const auto found = sessions_.find(std::string{*id});
    if (found != sessions_.end() && visit.header_count("mcp-session-id") == 1) return found->second.get();
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
    if (session->stream != nullptr)
        return refuse(visit, 409, -32000, "Conflict: the session has an open stream already");
    session->last_used = now_;
    session->stream = &visit;
    streams_.emplace(&visit, session);
    start_events(visit, {});
    visit.send(std::string_view{});
    bridge().stream_opened(session->key);
}

void StreamableFront::erase(http::Visit& visit) {
    auto* const session = session_of(visit);
    if (session == nullptr) return;
    end(std::string{session->id});
    visit.answer(200, guard_.cors_fields(visit), std::string_view{});
}

void StreamableFront::end(const std::string& id) {
    const auto session = std::move(sessions_.extract(id).mapped());
    bridge().close(session->key);
    by_key_.erase(session->key);
    if (session->stream == nullptr) return;
    streams_.erase(session->stream);
    session->stream->finish();
}

void StreamableFront::gone(http::Visit& visit) {
    const auto stream = streams_.find(&visit);
    if (stream == streams_.end()) return bridge().abandon(exchange_of(visit, accepted(visit)));
    stream->second->stream = nullptr;
    stream->second->last_used = now_;
    streams_.erase(stream);
}

void StreamableFront::start_events(http::Visit& visit, std::string_view more) const {
    visit.start(200, fields(visit, "text/event-stream").append(stream_fields).append(more));
}

void StreamableFront::event(mcp::Exchange exchange, const mcp::Pieces& message) {
    auto& visit = visit_of(exchange);
    if (!visit.started()) start_events(visit, {});
    write_event(visit, message);
}

void StreamableFront::reply(mcp::Exchange exchange, const mcp::Pieces& message, std::string_view more) {
    auto& visit = visit_of(exchange);
    if (!visit.started() && takes_json(exchange)) {
        const http::Parts parts{message.begin(), message.end()};
        visit.answer(200, fields(visit, "application/json").append(more), parts);
        return;
    }
    if (!visit.started()) start_events(visit, more);
    write_event(visit, message);
    visit.finish();
}

void StreamableFront::opened(mcp::Exchange exchange, mcp::Session key, const mcp::Pieces& message) {
    auto session = std::make_unique<SessionState>();
    session->id = random_id();
    session->key = key;
    session->last_used = now_;
    by_key_.emplace(key, session.get());
    const auto line = fmt::format("Mcp-Session-Id: {}\r\n", session->id);
    sessions_.emplace(session->id, std::move(session));
    reply(exchange, message, line);
}

bool StreamableFront::push(mcp::Session key, const mcp::Pieces& message) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end() || found->second->stream == nullptr) return false;
    write_event(*found->second->stream, message);
    return true;
}

void StreamableFront::tick(Time now) {
    Front::tick(now);
    std::vector<std::string> expired;
    for (auto& [id, session] : sessions_) {
        if (session->stream != nullptr || bridge().busy(session->key))
            session->last_used = now;
        else if (now - session->last_used >= options_.session_ttl)
            expired.push_back(id);
    }
    for (const auto& id : expired)
        end(id);
    if (now - last_comment_ < options_.keep_alive) return;
    last_comment_ = now;
    for (const auto& [visit, session] : streams_)
        visit->send(": keep-alive\n\n");
}

void StreamableFront::end_streams() {
    for (const auto& [visit, session] : std::exchange(streams_, {})) {
        session->stream = nullptr;
        visit->finish();
    }
}

} // namespace

std::unique_ptr<Front> make_streamable_front(const Options& options, std::uint16_t port) {
    return std::make_unique<StreamableFront>(options, port);
}

} // namespace thv::proxy
