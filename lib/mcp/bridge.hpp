// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mcp/jsonrpc.hpp"
#include "mcp/lines.hpp"
#include "mcp/modern.hpp"
#include "mcp/sink.hpp"

#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace thv::mcp {

struct BridgeLimits {
    std::size_t in_flight = 1024;           ///< requests that the server has not answered
    std::size_t in_flight_per_session = 64; ///< further ones wait their turn
    std::size_t waiting = 16384;            ///< further ones are refused
    std::size_t waiting_bytes = 256U << 20U;
    std::size_t line_bytes = Lines::default_limit; ///< of a line of the server; longer ones are dropped
    std::chrono::steady_clock::duration call_idle = std::chrono::minutes{5}; ///< without answer or progress
    std::chrono::steady_clock::duration call_total = std::chrono::minutes{15};
    std::chrono::steady_clock::duration child_wait = std::chrono::seconds{10}; ///< for a server that is not up
};

/// What was dropped or refused, for the log and for tests.
struct BridgeCounters {
    std::uint64_t calls = 0;                 ///< requests sent to the server for clients
    std::uint64_t garbage_lines = 0;         ///< lines of the server that are not JSON-RPC, or too long
    std::uint64_t unknown_responses = 0;     ///< of the server, for no request in flight
    std::uint64_t unknown_replies = 0;       ///< of clients, to nothing they were asked
    std::uint64_t dropped_notifications = 0; ///< either way, for want of a certain recipient
    std::uint64_t refused_asks = 0;          ///< requests of the server without exactly one recipient
    std::uint64_t timed_out = 0;
};

/// The two shapes of the protocol: with a handshake and sessions (to 2025-11-25), or request by request (2026-07-28).
enum class Era : std::uint8_t { legacy, modern };

/// Between many clients and the one server process that serves them all. Clients of either era are served by a server
/// of the legacy era, modern ones also by a modern server.
///
/// It owns the server's handshake, gives every request a number of its own and restores the client's id, and sends
/// everything that the server says to exactly those whom it concerns; what cannot be attributed with certainty is
/// dropped or refused and counted. It does no I/O and knows no clock but `tick`.
class Bridge {
public:
    using Time = std::chrono::steady_clock::time_point;
    enum class State : std::uint8_t {
        down,     ///< no server is connected
        lent,     ///< it waits for the one client that it is for, see `child_lent`
        greeting, ///< initialize was sent
        ready,    ///< the server has answered
        refused,  ///< the server answered with an error or with nonsense; see `trouble`
    };

    /// The keys of its sessions are above `first_session`, so that those of several bridges differ.
    explicit Bridge(Sink& sink, BridgeLimits limits = {}, std::uint64_t first_session = 0)
        : sink_(sink)
        , limits_(limits)
        , next_session_(first_session + 1) {}
    Bridge(const Bridge&) = delete;
    Bridge& operator=(const Bridge&) = delete;

    /// Moves the clock and ends what has waited too long. Call at least every second.
    void tick(Time now);

    // The server.
    /// Greets a new process in the way of `first`; a process that refuses a legacy greeting is tried in the other way.
    void child_connected(Era first = Era::legacy);
    void child_bytes(std::string_view chunk);
    /// There is a process for one session alone, whose client greets it itself: nothing stands between them but
    /// numbers. `initialize` may be called once.
    void child_lent();
    /// The server has gone: all its requests fail at once, waiting ones wait on, sessions stay.
    void child_gone(std::string_view reason);
    /// The stream to the server broke and there is a new one to the same process: what was in flight must have failed
    /// by `child_gone`; there is no second handshake if the first one was done.
    void child_resumed();
    /// There is a stream to a process that an earlier bridge has greeted, which had this `server_result`. Requests get
    /// numbers from `first_number` on, so that answers to requests of that one are not taken for answers to ours.
    void child_adopted(std::string server_result, std::uint64_t first_number);
    /// The result of the server's initialize; empty until there was one.
    const std::string& server_result() const { return server_result_; }
    State state() const { return state_; }
    /// Of the server; meaningful once it is ready.
    Era era() const { return era_; }
    /// Why the server is down or refused; may be empty. At most 300 bytes.
    const std::string& trouble() const { return trouble_; }
    /// The first line of this server that is not JSON-RPC, made printable, at most 200 bytes; empty without one.
    const std::string& first_garbage() const { return first_garbage_; }

    // The clients. `text` is the message that was scanned.
    struct From {
        Session session = Session::none;
        Exchange exchange{};
        bool streams = false; ///< the exchange can carry events
        Watch watch = Watch::none;
    };
    /// An `initialize` request. False: too much is waiting already; nothing was kept.
    bool initialize(From from, const Message& message, std::string_view text);
    /// Any other request; the session must be open. False as above.
    bool request(From from, const Message& message, std::string_view text);
    /// A request of revision 2026-07-28 that has no complaint against it; `parameters` are its Mcp-Param-* headers.
    /// When its exchange is abandoned, it is cancelled. False as above.
    bool modern(From from, const Message& message, std::string_view text,
                std::vector<Mirrored::Parameter> parameters = {});
    void notification(Session session, const Message& message, std::string_view text);
    /// A response to a request of the server.
    void reply(Session session, const Message& message, std::string_view text);
    /// The client does not wait for this answer any more. A cancellation for modern requests only: for others the
    /// server goes on.
    void abandon(Exchange exchange);
    /// The answer, if one is waited for, goes elsewhere from now on.
    void readdress(Exchange from, Exchange to);
    /// A session that an earlier bridge has opened. Before a server is connected.
    Session reopen(SessionFacts facts);
    /// A request that an earlier bridge has sent for such a session. It fails unless its process is adopted.
    void reopen_call(From from, const OpenCall& call);
    /// The request of an exchange, if it was sent.
    std::optional<OpenCall> open_call(Exchange exchange) const;
    /// Of an open session.
    const SessionFacts& facts(Session session) const { return sessions_.at(session); }
    /// There is a stream for `push` now.
    void stream_opened(Session session);
    /// Ends a session: what it asked for is cancelled, its exchanges are answered with an error.
    void close(Session session);

    /// Another process of the server has told that a list of its has changed.
    void list_changed_elsewhere(Method list);
    /// Ends the streams of subscriptions/listen in good order.
    void end_listening();

    bool busy(Session session) const; ///< it waits for an answer
    /// Whether a client that was given this requestState is waited for.
    bool holds(std::string_view request_state) const { return parked_.contains(request_state); }
    std::size_t sessions() const { return sessions_.size() - modern_clients_; }
    std::size_t in_flight() const { return sent_; }
    std::size_t waiting() const { return calls_.size() - sent_ - endless_; }
    const BridgeCounters& counters() const { return counters_; }

private:
    enum class Purpose : std::uint8_t { client, handshake, upkeep, catalogue };
    /// A request of a client, or of our own, to the server.
    struct Call {
        Purpose purpose = Purpose::client;
        Method method = Method::other;
        bool sent = false;
        bool streams = false;
        bool attached = false; ///< somebody waits for the answer
        bool endless = false;  ///< subscriptions/listen: it is no load and has no deadline
        bool answered = false; ///< while its client was asked for input; see Modern::early
        Session session = Session::none;
        Exchange exchange{};
        Watch watch = Watch::none;     ///< until its end was told
        std::string id = {};           ///< the client's, raw
        std::string token = {};        ///< the client's progress token, raw
        std::string argument = {};     ///< uri or level, unquoted
        std::optional<int> level = {}; ///< the one that was sent
        std::string text = {};         ///< while it waits
        Time sent_at = {};
        Time deadline = {};
    };
    /// A request of the server to a client.
    struct Ask {
        Session session = Session::none;
        std::string id = {};    ///< the server's, raw
        std::string token = {}; ///< the server's progress token, raw
        Exchange exchange{};
        bool on_exchange = false;
        std::string method = {}; ///< for modern clients
        std::string params = {};
        Time deadline = {};
    };
    /// What a modern request is apart from being a session of its own that lasts as long as it does.
    struct Modern {
        std::string method = {};
        std::string name = {}; ///< of the tool, prompt or resource, raw
        std::vector<Mirrored::Parameter> parameters = {};
        std::string state = {};      ///< while the client is asked for input: what it must show to go on
        std::string early = {};      ///< the server's answer that came meanwhile
        bool listening = false;      ///< a stream of notifications, see the following
        std::string id = {};         ///< the client's, raw
        Exchange exchange{};         ///< its stream
        Watch watch = Watch::none;   ///< of that
        std::uint8_t list_kinds = 0; ///< of list_changed notifications, one bit each
    };
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    struct Client : SessionFacts {
        bool in_turn = false;    ///< listed in `turn_`
        std::uint8_t missed = 0; ///< list_changed notifications that found no stream, one bit each
        std::size_t sent = 0;
        std::unordered_map<std::string, std::uint64_t, TextHash, std::equal_to<>> ids; ///< raw id → call
        std::list<std::uint64_t> waiting;    ///< takes no memory while it is empty, which a deque does
        std::unique_ptr<Modern> modern = {}; ///< null for sessions of the legacy era
    };
    /// Whom something unaddressed of the server concerns.
    struct Recipient {
        Session session = Session::none; ///< none: not certain
        bool in_flight = false;          ///< it has a request in flight
        std::optional<Exchange> exchange = {};
    };

    // bridge_clients.cpp: what clients send
    Call& keep(std::uint64_t number, From from, const Message& message);
    bool wait(std::uint64_t number, From from, const Message& message, std::string_view text);
    bool answer_locally(From from, const Message& message);
    void send(std::uint64_t number, const Message& message, std::string_view text);
    void answer_initialize(From from, const Message& message);
    void cancelled(const Client& client, const Message& message, std::string_view text);
    void client_progress(Session session, const Message& message, std::string_view text);

    // bridge_modern.cpp: requests of revision 2026-07-28
    void dispatch(std::uint64_t number, const Message& message, std::string_view text);
    void call_tool(std::uint64_t number, const Message& message, std::string_view text);
    void forward(std::uint64_t number, const Message& message, std::string_view text);
    void discover(std::uint64_t number);
    void listen(std::uint64_t number, const Message& message);
    void resume(std::uint64_t number, const Message& message);
    void park(std::uint64_t number);
    void answer_modern(const Call& call, const Message& message, std::string_view line);
    void answer_complete(const Call& call, const Message& message, std::string_view line);
    void refuse_modern(std::uint64_t number, const Complaint& why);
    void lacks_capability(std::uint64_t number, std::string_view capability);
    void forget_modern(Session session);
    void child_event(const Message& message, std::string_view line);
    void tell_listeners(Method method, std::string_view uri);
    static std::string listening_result(std::string_view id);
    std::string_view server_info() const;
    std::optional<std::uint64_t> call_of(Session session) const;

    // bridge_catalogue.cpp: the tools of the server, as far as their calls have headers
    bool catalogue_known() const;
    void ask_catalogue(std::string_view cursor);
    void learn_catalogue(const Message& message);
    void forget_catalogue();

    // bridge_child.cpp: what the server sends
    void child_line(std::string_view line);
    void child_answer(const Message& message, std::string_view line);
    void child_notification(const Message& message, std::string_view line);
    void child_progress(const Message& message, std::string_view line);
    void child_cancelled(const Message& message, std::string_view line);
    void child_log(const Message& message, std::string_view line);
    void child_asks(const Message& message, std::string_view line);
    void route_ask(const Recipient& recipient, const Message& message, std::string_view line);
    void greet(Era era);
    void introduce(From from, const Message& message, std::string_view text);
    void introduced(const Call& call, const Message& message, std::string_view line);
    void greeted(const Message& message);
    void greeted_modern(const Message& message);
    void refuse_greeting(std::string why);
    void serve_clients();
    void restore();
    void garbage(std::string_view begin, std::string_view end, std::string_view why);
    void broadcast(Method method, std::string_view line);
    void resource_updated(const Message& message, std::string_view line);
    void deliver(const Recipient& recipient, const Pieces& message);
    void refuse_ask(std::string_view id, int code, std::string_view why);

    // bridge.cpp: the books
    void pump();
    void queue_turn(Session session, Client& client);
    void fail(std::uint64_t number, const Ending& ending);
    void forget(std::uint64_t number);
    void lose_sent();
    void end(Watch& watch, const Ending& ending);
    void cancel_upstream(std::uint64_t number, std::string_view why);
    Recipient certain_recipient() const;
    std::uint64_t upkeep(std::string_view method, std::string_view params, Purpose purpose = Purpose::upkeep);
    void settle(const Call& call);
    void settle_level();
    std::optional<int> wanted_level() const;
    void subscribe(Client& client, std::string uri);
    bool unsubscribe(Client& client, const std::string& uri);
    void drop_asks(Session session);

    Sink& sink_;
    BridgeLimits limits_;
    BridgeCounters counters_;
    Time now_ = std::chrono::steady_clock::now();
    State state_ = State::down;
    std::string trouble_;
    std::string first_garbage_;
    Lines lines_{limits_.line_bytes};
    Era era_ = Era::legacy;
    bool lent_ = false;         ///< to one session
    std::string capabilities_;  ///< of the client that it is lent to
    std::string server_result_; ///< of its initialize, or of server/discover
    std::string server_version_;
    std::uint64_t next_ = 1;
    std::uint64_t next_session_;
    std::size_t sent_ = 0;    ///< of `calls_`, without the endless ones
    std::size_t endless_ = 0; ///< of `calls_`
    std::size_t waiting_bytes_ = 0;
    std::unordered_map<std::uint64_t, Call> calls_;
    std::map<std::uint64_t, Ask> asks_;
    std::unordered_map<Session, Client> sessions_;
    std::map<std::string, std::size_t, std::less<>> subscriptions_; ///< uri → how many sessions want it
    std::list<Session> turn_;            ///< sessions with a waiting request, in the order in which they may send one
    std::list<std::uint64_t> newcomers_; ///< waiting initializes
    std::size_t modern_clients_ = 0;     ///< of `sessions_`
    std::map<Exchange, Session> listeners_;
    std::map<std::string, std::uint64_t, std::less<>> parked_; ///< requestState → call
    ToolHeaders tool_headers_;
    std::optional<Time> catalogue_until_;            ///< none: not known
    std::optional<std::uint64_t> catalogue_request_; ///< the one that is under way
    std::optional<std::uint64_t> catalogue_watch_;   ///< our subscription at a modern server
    std::size_t catalogue_pages_ = 0;
    bool catalogue_changed_ = false;           ///< while it was asked for
    std::vector<std::uint64_t> for_catalogue_; ///< calls that wait for it
    std::optional<int> sent_level_;
};

} // namespace thv::mcp
