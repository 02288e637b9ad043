// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Internal to lib/proxy; see make_streamable_front.

#include "proxy/event_log.hpp"
#include "proxy/front.hpp"
#include "proxy/session_journal.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace thv::proxy {

class StreamableFront final : public Front {
public:
    explicit StreamableFront(const Parts& parts);

    bool serves(std::string_view path) const override { return path == "/mcp"; }
    void serve(http::Visit& visit) override;
    void gone(http::Visit& visit) override;
    void tick(Time now) override;
    void end_streams() override;
    void ended(Link& link) override;
    bool has(mcp::Session session) const override { return by_key_.contains(session); }
    std::size_t sessions() const override { return sessions_.size(); }
    std::size_t streams() const override { return streams_.size() + modern_streams_.size(); }

    void event(mcp::Exchange exchange, const mcp::Pieces& message) override;
    void answer(mcp::Exchange exchange, const mcp::Pieces& message) override { reply(exchange, 200, message, {}); }
    void refused(mcp::Exchange exchange, int status, const mcp::Pieces& message) override {
        reply(exchange, status, message, {});
    }
    void opened(mcp::Exchange exchange, Link& link, mcp::Session session, const mcp::Pieces& message) override;
    bool push(mcp::Session session, const mcp::Pieces& message) override;
    void changed(mcp::Session session, const mcp::SessionFacts& facts) override;

private:
    struct Session;
    /// The events of one POST, or (number 0) of the GET of a session, which may come back for them.
    struct Stream {
        Session* session = nullptr;
        std::uint32_t number = 0;
        std::uint32_t events = 0;      ///< so far
        http::Visit* visit = nullptr;  ///< null while nobody reads
        mcp::Exchange exchange{};      ///< under which the bridge knows a POST's
        std::uint32_t missed_from = 0; ///< how many there were when the last reader went
        bool done = false;
        Time left = {}; ///< when the last reader went
    };
    struct Session {
        std::string id;
        mcp::Session key{};
        Link* link = nullptr;
        std::string principal; ///< who opened it; nobody else may use it
        bool primes = false;   ///< its revision knows events without data
        bool listened = false; ///< it has had a GET
        bool reopened = false; ///< the events of an earlier process are not known any more
        Time last_used;
        Stream listener;
        std::map<std::uint32_t, std::unique_ptr<Stream>> streams; ///< of POSTs
        std::uint32_t next_stream = 1;
        std::unique_ptr<EventLog> log;
    };

    // streamable_front.cpp: what clients ask for
    void post(http::Visit& visit);
    void get(http::Visit& visit);
    static bool is_forgotten(const Session& session, std::string_view last_id);
    void erase(http::Visit& visit);
    void initialize(http::Visit& visit, const mcp::Message& message);
    void modern(http::Visit& visit, const mcp::Message& message);
    void pass_on(http::Visit& visit, Session& session, const mcp::Message& message);
    /// The session that the request names; null when it is refused (and answered).
    Session* session_of(http::Visit& visit);
    bool version_ok(http::Visit& visit) const;
    Session& add(std::string id, Link& link, mcp::Session key);
    void reopen();
    static void reopen_stream(Session& session, std::uint32_t number, const mcp::OpenCall& call);
    void end(const std::string& id);
    void end_stale(Session& session);

    // streamable_streams.cpp: what servers send
    void reply(mcp::Exchange exchange, int status, const mcp::Pieces& message, std::string_view more);
    void start_events(http::Visit& visit, std::string_view more) const;
    void resume(http::Visit& visit, Session& session, std::string_view last_id);
    /// A stream of the session that a client may come back to; null without one.
    static Stream* find_stream(Session& session, std::uint32_t number);
    void listen(http::Visit& visit, Session& session);
    void replay(Stream& stream, std::uint32_t after) const;
    void join(http::Visit& visit, Stream& stream);
    void send(Stream& stream, const mcp::Pieces& message);
    void prime(Stream& stream) const;
    /// The stream of a visit that has begun to stream for a session; null without one.
    Stream* stream_of(http::Visit& visit) const;
    Stream* new_stream(http::Visit& visit, mcp::Exchange exchange);
    void leave(Stream& stream);
    void finish(Stream& stream);
    void drop(Stream& stream);

    std::optional<SessionJournal> journal_;
    std::unordered_map<std::string, std::unique_ptr<Session>> sessions_;
    std::unordered_map<mcp::Session, Session*> by_key_;
    std::unordered_map<http::Visit*, Stream*> streams_; ///< that somebody reads
    std::unordered_map<http::Visit*, Session*> posts_;  ///< requests that may begin to stream
    std::unordered_map<http::Visit*, Link*> greetings_; ///< requests without a session, and who serves them
    std::unordered_set<http::Visit*> modern_streams_;   ///< of subscriptions/listen, for comments
};

} // namespace thv::proxy
