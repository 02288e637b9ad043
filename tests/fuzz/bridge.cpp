// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// The bridge between clients of either era and a server of either era, of which each may be hostile, in any order:
// every exchange is answered at most once and under its own id, every line for the server is one message on one line,
// nothing goes to a session that has ended, and the books balance in the end.
//
// An input is a sequence of lines. The first byte of each says what happens (its last four bits) and to whom (the
// others), the rest is the message. In it, $ stands for the id of the server's last request, % for that of the one
// before, ~ for the last secret: neither side could guess them otherwise.
#include "mcp/bridge.hpp"

#include "mcp/modern.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace thv::mcp;

void require(bool holds) {
    if (!holds) std::abort();
}

struct Watcher final : Sink {
    struct Open {
        std::string id;
        bool streams = false;
        bool modern = false;
    };
    std::map<std::uint64_t, Open> open;
    std::vector<Session> sessions;
    std::set<Session> closed;
    std::string last_id = "1";
    std::string earlier_id = "1";
    int secrets = 0;
    bool has_streams = true;

    bool is_open(Session session) const { return std::ranges::find(sessions, session) != sessions.end(); }
    static void one_line(const std::string& text) { require(text.find_first_of("\r\n") == std::string::npos); }

    void to_child(const Pieces& line) override {
        const auto text = line.str();
        one_line(text);
        const auto message = scan(text);
        require(message.has_value());
        if (message->kind == Kind::request) earlier_id = std::exchange(last_id, message->id);
    }
    void event(Exchange exchange, const Pieces& message) override {
        const auto found = open.find(static_cast<std::uint64_t>(exchange));
        require(found != open.end() && found->second.streams);
        one_line(message.str());
        require(scan(message.str()).has_value());
    }
    void answer(Exchange exchange, const Pieces& pieces) override {
        const auto text = pieces.str();
        one_line(text);
        const auto message = scan(text);
        require(message && (message->kind == Kind::result || message->kind == Kind::error));
        const auto found = open.find(static_cast<std::uint64_t>(exchange));
        require(found != open.end() && found->second.id == message->id);
        open.erase(found);
    }
    void refused(Exchange exchange, int status, const Pieces& message) override {
        require(status == 200 || (status >= 400 && status < 600));
        answer(exchange, message);
    }
    std::string secret() override { return "secret-" + std::to_string(++secrets); }
    void opened(Exchange exchange, Session session, const Pieces& message) override {
        require(!is_open(session));
        sessions.push_back(session);
        answer(exchange, message);
    }
    bool push(Session session, const Pieces& message) override {
        // Modern requests are sessions to the bridge alone, which no stream belongs to.
        require(!closed.contains(session));
        one_line(message.str());
        return is_open(session) && has_streams;
    }
    void changed(Session session, const SessionFacts&) override { require(is_open(session)); }
};

class Play {
public:
    void step(std::uint8_t what, std::string text) {
        now_ += std::chrono::seconds{1};
        put(text, '$', watcher_.last_id);
        put(text, '%', watcher_.earlier_id);
        put(text, '~', "secret-" + std::to_string(watcher_.secrets));
        act(what % 16, what / 16, text);
        fresh_ = false;
    }
    void end() {
        bridge_.end_listening();
        bridge_.child_gone("the end");
        for (const auto session : watcher_.sessions)
            bridge_.close(session);
        bridge_.tick(now_ + std::chrono::hours{1});
        require(watcher_.open.empty());
        require(bridge_.in_flight() == 0 && bridge_.waiting() == 0 && bridge_.sessions() == 0);
    }

private:
    static void put(std::string& text, char sign, const std::string& value) {
        if (const auto place = text.find(sign); place != std::string::npos) text.replace(place, 1, value);
    }

    void act(unsigned what, unsigned who, const std::string& text) {
        const bool down = bridge_.state() == Bridge::State::down;
        switch (what) {
        case 1: // a, A
            if (down && !lent_) bridge_.child_connected(who % 2 == 0 ? Era::legacy : Era::modern);
            return;
        case 2: // b
            return bridge_.child_bytes(text + "\n");
        case 3: // c
            return bridge_.child_bytes(text);
        case 4: // d
            return bridge_.child_gone(text);
        case 5: // e: with a stream for what comes before the answer
        case 6: // f: without
            return legacy(text, who, what == 5);
        case 7: // g
        case 8: // h
            return modern(text, what == 7);
        case 9: // i
            if (const auto session = chosen(who); session != Session::none) close(session);
            return;
        case 10: // j
            return bridge_.tick(now_ += std::chrono::minutes{who});
        case 11: // k
            return abandon(who);
        case 12:                                               // l
            if (std::exchange(lent_, lent_ || fresh_)) return; // such a process has no successor
            return lent_ ? bridge_.child_lent() : down ? bridge_.child_resumed() : void();
        case 13: // m
            return reopen(text, who);
        case 14: // n
            if (const auto session = chosen(who); session != Session::none) bridge_.stream_opened(session);
            return;
        case 15: // o
            watcher_.has_streams = !watcher_.has_streams;
            return;
        default: // ` and p
            return who % 2 == 0 ? bridge_.end_listening() : readdress(who);
        }
    }

    Session chosen(unsigned who) const {
        return watcher_.sessions.empty() ? Session::none : watcher_.sessions[who % watcher_.sessions.size()];
    }
    void close(Session session) {
        bridge_.close(session);
        std::erase(watcher_.sessions, session);
        watcher_.closed.insert(session);
    }
    void abandon(unsigned who) {
        if (watcher_.open.empty()) return;
        auto place = watcher_.open.begin();
        std::advance(place, who % watcher_.open.size());
        const Exchange exchange{place->first};
        // Its owner is forgotten behind the call: the bridge may still answer within it.
        bridge_.abandon(exchange);
        watcher_.open.erase(static_cast<std::uint64_t>(exchange));
    }
    void readdress(unsigned who) {
        if (watcher_.open.empty()) return;
        auto place = watcher_.open.begin();
        std::advance(place, who % watcher_.open.size());
        if (place->second.modern) return; // their streams are not taken up again
        auto node = watcher_.open.extract(place);
        const auto to = ++next_;
        bridge_.readdress(Exchange{node.key()}, Exchange{to});
        node.key() = to;
        watcher_.open.insert(std::move(node));
    }
    void reopen(const std::string& text, unsigned who) {
        if (!fresh_) return;
        watcher_.sessions.push_back(bridge_.reopen({.sampling = who % 2 != 0, .level = 3, .uris = {text}}));
        bridge_.child_adopted(R"({"protocolVersion":"2025-06-18","capabilities":{"resources":{"subscribe":true}}})",
                              1000);
    }

    std::uint64_t begin(const Message& message, bool streams, bool is_modern) {
        watcher_.open[++next_] = {std::string{message.id}, streams, is_modern};
        return next_;
    }
    void legacy(const std::string& text, unsigned who, bool streams) {
        const auto message = scan(text);
        if (!message) return;
        const auto session = chosen(who);
        if (message->kind == Kind::notification) return bridge_.notification(session, *message, text);
        if (message->kind != Kind::request) return bridge_.reply(session, *message, text);
        const auto exchange = begin(*message, streams, false);
        const Bridge::From from{session, Exchange{exchange}, streams};
        const bool kept = message->method == Method::initialize
                              ? bridge_.initialize({.exchange = from.exchange, .streams = streams}, *message, text)
                              : bridge_.request(from, *message, text);
        if (!kept) watcher_.open.erase(exchange);
    }
    void modern(const std::string& text, bool streams) {
        const auto message = scan(text);
        if (!message || message->kind != Kind::request) return;
        const auto name = unquote(message->method == Method::read_resource ? message->uri : message->name);
        Mirrored mirrored{modern_version, message->method_name, std::nullopt};
        if (name) mirrored.name = *name;
        if (complaint(*message, mirrored)) return;
        const auto exchange = begin(*message, streams, true);
        const bool listens = message->method == Method::listen;
        if (listens && !streams) {
            watcher_.open.erase(exchange);
            return;
        }
        const Bridge::From from{.exchange = Exchange{exchange}, .streams = streams};
        if (!bridge_.modern(from, *message, text, {{"region", "eu"}})) watcher_.open.erase(exchange);
    }

    Watcher watcher_;
    Bridge bridge_{watcher_, {.in_flight = 4, .in_flight_per_session = 2, .waiting = 3, .line_bytes = 2048}};
    std::chrono::steady_clock::time_point now_ = std::chrono::steady_clock::now();
    std::uint64_t next_ = 0;
    bool fresh_ = true;
    bool lent_ = false;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest{reinterpret_cast<const char*>(data), size};
    Play play;
    while (!rest.empty()) {
        const auto what = static_cast<std::uint8_t>(rest.front());
        rest.remove_prefix(1);
        const auto line = rest.substr(0, rest.find('\n'));
        play.step(what, std::string{line});
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    }
    play.end();
    return 0;
}
