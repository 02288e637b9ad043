// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "site.hpp"

using namespace thv;
using namespace thv::test;

namespace {

constexpr auto hello =
    R"({"jsonrpc":"2.0","id":"h","method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{"roots":{}},"clientInfo":{"name":"mine","version":"7"}}})";

/// A server with sessions, which can forget them.
struct Forgetful {
    explicit Forgetful(Site& site) {
        site.backend.action = [this, &site](http::Visit& visit) { serve(visit, site.backend.line); };
        site.connect();
    }
    void serve(http::Visit& visit, const std::string& line) {
        lines.push_back(line);
        const auto session = visit.header("mcp-session-id");
        if (line.contains("\"initialize\"")) return begin(visit);
        if (session != fmt::format("s{}", current)) return visit.answer(refusal, {}, refusal_body);
        if (line.contains("notifications/")) return visit.answer(202, {}, "");
        visit.answer(200, fmt::format("Content-Type: application/json\r\nMcp-Session-Id: s{}\r\n", current),
                     R"({"jsonrpc":"2.0","id":1,"result":{"ok":true}})");
    }
    void begin(http::Visit& visit) {
        if (stubborn && current > 0) return visit.answer(503, {}, "");
        ++current;
        const auto result = fmt::format(
            R"({{"jsonrpc":"2.0","id":"h","result":{{"protocolVersion":"{}","capabilities":{{}}}}}})", version);
        const auto fields = fmt::format("Mcp-Session-Id: s{}\r\n", current);
        if (!as_events) return visit.answer(200, fields + "Content-Type: application/json\r\n", result);
        visit.start(200, fields + "Content-Type: text/event-stream\r\n");
        visit.send("data: " + result + "\n\n");
        visit.finish();
    }
    void forget() {
        lines.clear();
        ++current;
    }
    std::size_t count(std::string_view needle) const {
        return static_cast<std::size_t>(
            std::ranges::count_if(lines, [&](const auto& line) { return line.contains(needle); }));
    }

    int current = 0;
    int refusal = 404;
    std::string refusal_body = "who?";
    bool stubborn = false;
    bool as_events = false;
    std::string version = "2025-06-18";
    std::vector<std::string> lines;
};

http::Request message(std::string body, std::string session = "s1") {
    http::Request request{.method = "POST", .target = "/mcp"};
    request.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json, text/event-stream"}};
    if (!session.empty()) request.headers.emplace_back("Mcp-Session-Id", session);
    if (!session.empty()) request.headers.emplace_back("MCP-Protocol-Version", "2025-06-18");
    request.body = std::move(body);
    return request;
}

std::string list(int id = 1) {
    return fmt::format(R"({{"jsonrpc":"2.0","id":{},"method":"tools/list"}})", id);
}

Task<> begin(Site& at) {
    const auto answer = co_await at.send(message(hello, ""));
    CHECK(answer.status == 200);
    CHECK(*answer.header("mcp-session-id") == "s1");
}

/// What a test does with a server that has begun one session and forgotten it.
void with_forgotten(std::function<Task<>(Site&, Forgetful&)> work, std::function<void(Forgetful&)> prepare = {}) {
    Site site;
    Forgetful server{site};
    if (prepare) prepare(server);
    static Forgetful* server_of = nullptr;
    static std::function<Task<>(Site&, Forgetful&)> work_of;
    server_of = &server;
    work_of = std::move(work);
    site.run([](Site& at) -> Task<> {
        co_await begin(at);
        server_of->forget();
        co_await work_of(at, *server_of);
    });
}

} // namespace

TEST_CASE("a session that the server has forgotten is begun anew behind the client's back") {
    const bool events = GENERATE(false, true);
    with_forgotten(
        [](Site& at, Forgetful& server) -> Task<> {
            const auto answer = co_await at.send(message(list()));
            CHECK(answer.status == 200);
            CHECK(answer.body == R"({"jsonrpc":"2.0","id":1,"result":{"ok":true}})");
            CHECK(*answer.header("mcp-session-id") == "s1"); // its own id, though the server knows another
            REQUIRE(server.lines.size() == 4);
            CHECK(server.lines[1] == std::string{"POST /mcp "} + hello);
            CHECK_THAT(server.lines[2], ContainsSubstring("notifications/initialized"));
            CHECK(server.lines[3] == "POST /mcp " + list());
            co_await at.send(message(list()));
            CHECK(server.lines.size() == 5); // and from then on there is nothing to be done
            const auto ended =
                co_await at.send({.method = "DELETE", .target = "/mcp", .headers = {{"Mcp-Session-Id", "s1"}}});
            CHECK(ended.status == 200);
        },
        [events](Forgetful& server) { server.as_events = events; });
}

TEST_CASE("many requests that meet a forgotten session begin one new one") {
    with_forgotten([](Site& at, Forgetful& server) -> Task<> {
        int answered = 0;
        for (int i = 0; i < 20; ++i) {
            asio::co_spawn(
                at.context,
                [](Site& of, int& count) -> Task<> {
                    const auto answer = co_await of.send(message(list()));
                    count += answer.status == 200 ? 1 : 0;
                }(at, answered),
                asio::detached);
        }
        co_await until([&] { return answered == 20; });
        CHECK(server.count("\"initialize\"") == 1);
        CHECK(server.count("notifications/initialized") == 1);
    });
}

TEST_CASE("a call is not repeated in another session, and the client is told") {
    with_forgotten([](Site& at, Forgetful& server) -> Task<> {
        const auto answer = co_await at.send(message(call("5", "pay")));
        CHECK(answer.status == 200);
        CHECK(mcp::member(answer.body, "id") == "5");
        CHECK_THAT(answer.body, ContainsSubstring("was not sent again"));
        CHECK(server.count("tools/call") == 1); // the one that was refused
        const auto next = co_await at.send(message(call("6", "pay")));
        CHECK(mcp::member(next.body, "result") == R"({"ok":true})");
    });
}

TEST_CASE("what was about the old session is dropped") {
    with_forgotten([](Site& at, Forgetful& server) -> Task<> {
        const auto answer = co_await at.send(
            message(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}})"));
        CHECK(answer.status == 202);
        CHECK(server.count("cancelled") == 1);
    });
}

TEST_CASE("a server that takes no new session, or speaks another revision by now, is left to the client") {
    const auto prepare = GENERATE(
        as<std::function<void(Forgetful&)>>{}, [](Forgetful& server) { server.stubborn = true; },
        [](Forgetful& server) { server.version = "2025-11-25"; });
    with_forgotten(
        [](Site& at, Forgetful& server) -> Task<> {
            for (int i = 0; i < 2; ++i) {
                const auto answer = co_await at.send(message(list()));
                CHECK(answer.status == 404);
                CHECK(answer.body == "who?");
            }
            CHECK(server.count("\"initialize\"") == 1); // once is enough
            CHECK(server.count("notifications/initialized") == 0);
        },
        prepare);
}

TEST_CASE("a server that says 400 of a session that it does not know is understood, but of nothing else") {
    const auto [body, status] = GENERATE(table<std::string, int>({
        {R"({"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: No valid session ID provided"},"id":null})",
         200},
        {R"({"jsonrpc":"2.0","error":{"code":-32602,"message":"Invalid session name"},"id":1})", 400},
        {"no session", 400},
    }));
    CAPTURE(body);
    with_forgotten(
        [expected = status](Site& at, Forgetful&) -> Task<> {
            const auto answer = co_await at.send(message(list()));
            CHECK(answer.status == expected);
        },
        [text = body](Forgetful& server) {
            server.refusal = 400;
            server.refusal_body = text;
        });
}

TEST_CASE("a session that was never begun here, or that has ended, is not begun anew") {
    with_forgotten([](Site& at, Forgetful& server) -> Task<> {
        const auto unknown = co_await at.send(message(list(), "elsewhere"));
        CHECK(unknown.status == 404);
        const auto ended =
            co_await at.send({.method = "DELETE", .target = "/mcp", .headers = {{"Mcp-Session-Id", "s1"}}});
        CHECK(ended.status == 404);
        const auto after = co_await at.send(message(list()));
        CHECK(after.status == 404);
        CHECK(server.count("\"initialize\"") == 0);
    });
}

TEST_CASE("sessions are kept while they are used, and only so many") {
    proxy::PassedSessions sessions{2, 1h};
    sessions.begun("a", hello);
    sessions.begun("b", hello);
    REQUIRE(sessions.find("a"));
    sessions.begun("c", hello);
    CHECK(sessions.find("b") == nullptr);
    CHECK(sessions.find("a") != nullptr);
    CHECK(sessions.find(std::nullopt) == nullptr);
    sessions.begun("d", std::string(1U << 20U, 'x'), "me");
    CHECK(sessions.size() == 2);
    CHECK(sessions.find("d")->lost);
    CHECK(sessions.find("d")->principal == "me");
    CHECK(sessions.find("c") == nullptr);
    sessions.ended("d");
    CHECK(sessions.size() == 1);
    proxy::PassedSessions brief{10, -1s};
    brief.begun("a", hello);
    brief.begun("b", hello);
    CHECK(brief.size() == 1);
}
