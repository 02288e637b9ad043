// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// The bridge between clients and a server of which either may be hostile: every exchange is answered at most once,
// every line for the server is one message on one line, and the books balance in the end.
#include "mcp/bridge.hpp"

#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace thv::mcp;

void require(bool holds) {
    if (!holds) std::abort();
}

struct Watcher final : Sink {
    std::set<std::uint64_t> open;
    std::vector<Session> sessions;
    std::string last_id = "1";

    void to_child(const Pieces& line) override {
        const auto text = line.str();
        require(text.find('\n') == std::string::npos && text.find('\r') == std::string::npos);
        const auto message = scan(text);
        require(message.has_value());
        if (message->kind == Kind::request) last_id = message->id;
    }
    void event(Exchange exchange, const Pieces& message) override {
        require(open.contains(static_cast<std::uint64_t>(exchange)));
        require(message.str().find_first_of("\r\n") == std::string::npos);
    }
    void answer(Exchange exchange, const Pieces& message) override {
        require(open.erase(static_cast<std::uint64_t>(exchange)) == 1);
        require(scan(message.str()).has_value());
    }
    void refused(Exchange exchange, int, const Pieces& message) override { answer(exchange, message); }
    std::string secret() override { return "secret"; }
    void opened(Exchange exchange, Session session, const Pieces& message) override {
        sessions.push_back(session);
        answer(exchange, message);
    }
    bool push(Session, const Pieces& message) override {
        require(message.str().find_first_of("\r\n") == std::string::npos);
        return true;
    }
};

/// Plays one input: a byte that says what happens, then a line that says with what.
class Play {
public:
    void step(std::uint8_t what, std::string text) {
        now_ += std::chrono::seconds{1};
        // The server and the client cannot guess our numbers, so that the interesting answers need a way to name them.
        if (const auto place = text.find('$'); place != std::string::npos) text.replace(place, 1, watcher_.last_id);
        switch (what % 8) {
        case 0:
            if (bridge_.state() == Bridge::State::down) bridge_.child_connected();
            return;
        case 1:
            return bridge_.child_bytes(text + "\n");
        case 2:
            return bridge_.child_gone(text);
        case 3:
        case 4:
            return client(text, what);
        case 5:
            if (!watcher_.sessions.empty()) bridge_.close(watcher_.sessions[what % watcher_.sessions.size()]);
            return;
        case 6:
            return bridge_.tick(now_ += std::chrono::minutes{what});
        default:
            if (watcher_.open.empty()) return;
            bridge_.abandon(Exchange{*watcher_.open.begin()});
            watcher_.open.erase(watcher_.open.begin());
        }
    }
    void end() {
        bridge_.child_gone("the end");
        for (const auto session : watcher_.sessions)
            bridge_.close(session);
        bridge_.tick(now_ + std::chrono::hours{1});
        require(watcher_.open.empty() && bridge_.in_flight() == 0 && bridge_.waiting() == 0 && bridge_.sessions() == 0);
    }

private:
    void client(const std::string& text, std::uint8_t what) {
        const auto message = scan(text);
        if (!message) return;
        const auto session =
            watcher_.sessions.empty() ? Session::none : watcher_.sessions[(what / 8) % watcher_.sessions.size()];
        if (message->kind == Kind::notification) return bridge_.notification(session, *message, text);
        if (message->kind != Kind::request) return bridge_.reply(session, *message, text);
        const auto exchange = ++next_;
        watcher_.open.insert(exchange);
        const Bridge::From from{session, Exchange{exchange}, what % 2 == 0};
        const bool kept = message->method == Method::initialize
                              ? bridge_.initialize({.exchange = from.exchange}, *message, text)
                              : bridge_.request(from, *message, text);
        if (!kept) watcher_.open.erase(exchange);
    }

    Watcher watcher_;
    Bridge bridge_{watcher_, {.in_flight = 4, .in_flight_per_session = 2, .waiting = 3}};
    std::chrono::steady_clock::time_point now_ = std::chrono::steady_clock::now();
    std::uint64_t next_ = 0;
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
