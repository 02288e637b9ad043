// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mcp/bridge.hpp"
#include "support/catch.hpp"

#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

namespace thv::test {

using namespace thv::mcp;
using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

/// A bridge whose every effect is written down.
struct Bench : Sink {
    explicit Bench(BridgeLimits limits = {})
        : bridge(*this, limits) {}

    Bridge bridge;
    Texts to_server;
    std::map<int, Texts> events;
    std::map<int, Texts> answers;
    std::map<Session, Texts> pushed;
    std::map<int, int> statuses; ///< of answers that have one of their own
    struct End {
        CallEnd outcome{};
        int code = 0;
        int status = 0;
        std::string reason;
    };
    std::map<int, std::vector<End>> ends; ///< by the exchange that the request came on
    int secrets = 0;
    std::map<int, Session> opened_by;
    bool streams_open = true; ///< whether sessions have a stream for `push`

    void to_child(const Pieces& line) override { to_server.push_back(line.str()); }
    void event(Exchange exchange, const Pieces& message) override {
        events[static_cast<int>(exchange)].push_back(message.str());
    }
    void answer(Exchange exchange, const Pieces& message) override {
        answers[static_cast<int>(exchange)].push_back(message.str());
    }
    void refused(Exchange exchange, int status, const Pieces& message) override {
        statuses[static_cast<int>(exchange)] = status;
        answer(exchange, message);
    }
    void ended(Watch watch, const Ending& ending) override {
        ends[static_cast<int>(watch)].push_back(
            {ending.outcome, ending.code, ending.status, std::string{ending.reason}});
    }
    std::string secret() override { return "secret-" + std::to_string(++secrets); }
    void opened(Exchange exchange, Session session, const Pieces& message) override {
        opened_by[static_cast<int>(exchange)] = session;
        answer(exchange, message);
    }
    bool push(Session session, const Pieces& message) override {
        if (streams_open) pushed[session].push_back(message.str());
        return streams_open;
    }

    void server(std::string_view line) { bridge.child_bytes(fmt::format("{}\n", line)); }
    Texts taken() { return std::exchange(to_server, {}); }

    /// Connects a server and lets it answer the handshake.
    void connect(std::string_view capabilities = R"({"tools":{"listChanged":true}})",
                 std::string_view version = "2025-11-25") {
        bridge.child_connected();
        REQUIRE(!to_server.empty());
        const auto greeting = to_server.back();
        const auto id = scan(greeting)->id;
        server(fmt::format(
            R"({{"jsonrpc":"2.0","id":{},"result":{{"protocolVersion":"{}","capabilities":{},"serverInfo":{{"name":"s","version":"1"}}}}}})",
            id, version, capabilities));
        REQUIRE(bridge.state() == Bridge::State::ready);
        to_server.clear();
    }

    /// Opens a session on an exchange of its own.
    Session open(std::string_view capabilities = "{}", std::string_view version = "2025-11-25") {
        const int exchange = next_exchange--;
        initialize(exchange, capabilities, version);
        REQUIRE(opened_by.contains(exchange));
        return opened_by[exchange];
    }
    bool initialize(int exchange, std::string_view capabilities = "{}", std::string_view version = "2025-11-25") {
        const auto text = fmt::format(
            R"({{"jsonrpc":"2.0","id":"i","method":"initialize","params":{{"protocolVersion":"{}","capabilities":{},"clientInfo":{{"name":"c","version":"1"}}}}}})",
            version, capabilities);
        return bridge.initialize(from(Session::none, exchange, true), *scan(text), text);
    }

    bool ask(Session session, int exchange, const std::string& text, bool streams = true) {
        const auto message = scan(text);
        REQUIRE(message);
        return bridge.request(from(session, exchange, streams), *message, text);
    }
    /// A request is watched by the number of its exchange.
    static Bridge::From from(Session session, int exchange, bool streams) {
        const auto number = static_cast<std::uint64_t>(exchange);
        return {session, Exchange{number}, streams, Watch{number}};
    }
    /// A call of a tool, with an id as raw JSON.
    bool call(Session session, int exchange, std::string_view id, bool streams = true) {
        return ask(session, exchange,
                   fmt::format(R"({{"jsonrpc":"2.0","id":{},"method":"tools/call","params":{{"name":"t"}}}})", id),
                   streams);
    }
    void notify(Session session, const std::string& text) { bridge.notification(session, *scan(text), text); }
    void reply(Session session, const std::string& text) { bridge.reply(session, *scan(text), text); }
    /// The id under which the server got its last request.
    std::string last_id() const {
        REQUIRE(!to_server.empty());
        return std::string{scan(to_server.back())->id};
    }
    void result(std::string_view id, std::string_view value = "{}") {
        server(fmt::format(R"({{"jsonrpc":"2.0","id":{},"result":{}}})", id, value));
    }
    End only_end(int exchange) {
        REQUIRE(ends[exchange].size() == 1);
        return ends[exchange].front();
    }
    std::string only_answer(int exchange) {
        REQUIRE(answers[exchange].size() == 1);
        return answers[exchange].front();
    }
    int error_code(int exchange) {
        const auto text = only_answer(exchange);
        const auto code = member(scan(text)->body, "code");
        return code.empty() ? 0 : std::stoi(std::string{code});
    }

    int next_exchange = -1;
};

} // namespace thv::test
