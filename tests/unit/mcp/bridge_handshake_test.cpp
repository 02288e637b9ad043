// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"

using namespace thv::test;

namespace {

std::string version_in(const std::string& answer) {
    return unquote(member(scan(answer)->body, "protocolVersion")).value_or("");
}

} // namespace

TEST_CASE("the server is greeted by the bridge itself, once, whoever the clients are") {
    Bench bench;
    bench.bridge.child_connected();
    REQUIRE(bench.to_server.size() == 1);
    const auto greeting = bench.to_server[0];
    const auto message = scan(greeting);
    CHECK(message->method == Method::initialize);
    CHECK(member(message->params, "protocolVersion") == R"("2025-11-25")");
    CHECK(member(member(message->params, "clientInfo"), "name") == R"("thv")");
    bench.taken();
    bench.result(message->id, R"({"protocolVersion":"2025-11-25","capabilities":{}})");
    CHECK(bench.taken() == Texts{R"({"jsonrpc":"2.0","method":"notifications/initialized"})"});
    for (int i = 0; i < 3; ++i) {
        const auto session = bench.open();
        bench.notify(session, R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
    }
    CHECK(bench.taken().empty());
}

TEST_CASE("each client is answered with the version that both sides speak") {
    struct Case {
        std::string server, asked, answered;
    };
    for (const auto& [server, asked, answered] : std::vector<Case>{
             {"2025-11-25", "2025-11-25", "2025-11-25"},
             {"2025-11-25", "2024-11-05", "2024-11-05"},
             {"2025-03-26", "2025-06-18", "2025-03-26"},
             {"2024-11-05", "2025-11-25", "2024-11-05"},
             {"2025-06-18", "2099-01-01", "2025-06-18"},
             {"2025-06-18", "1.0", "2025-06-18"},
         }) {
        INFO(server << " asked for " << asked);
        Bench bench;
        bench.connect("{}", server);
        bench.initialize(1, "{}", asked);
        CHECK(version_in(bench.only_answer(1)) == answered);
    }
}

TEST_CASE("the rest of the server's answer to initialize reaches clients unchanged") {
    Bench bench;
    bench.bridge.child_connected();
    bench.result(
        bench.last_id(),
        R"({ "instructions":"a\u00a0b","protocolVersion":"2025-11-25","capabilities":{"x":12345678901234567890} })");
    bench.initialize(1, "{}", "2025-06-18");
    CHECK(
        bench.only_answer(1) ==
        R"({"jsonrpc":"2.0","id":"i","result":{ "instructions":"a\u00a0b","protocolVersion":"2025-06-18","capabilities":{"x":12345678901234567890} }})");
}

TEST_CASE("a second initialize in a session is refused") {
    Bench bench;
    bench.connect();
    const auto session = bench.open();
    bench.ask(
        session, 1,
        R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}})");
    CHECK(bench.error_code(1) == -32600);
}

TEST_CASE("clients that come before the server has answered are answered when it has") {
    Bench bench;
    CHECK(bench.initialize(1));
    bench.bridge.child_connected();
    CHECK(bench.initialize(2));
    CHECK(bench.answers.empty());
    bench.result(bench.last_id(), R"({"protocolVersion":"2025-11-25","capabilities":{}})");
    CHECK(bench.opened_by.size() == 2);
    CHECK(bench.bridge.sessions() == 2);
}

TEST_CASE("a server that refuses the handshake, or answers nonsense, is not used") {
    Bench bench;
    bench.bridge.child_connected();
    bench.server(
        fmt::format(R"({{"jsonrpc":"2.0","id":{},"error":{{"code":-32603,"message":"no\nkey"}}}})", bench.last_id()));
    CHECK(bench.bridge.state() == Bridge::State::refused);
    CHECK(bench.bridge.trouble() == "it refused the handshake: no?key");
    bench.bridge.child_connected();
    bench.result(bench.last_id(), "{}");
    CHECK(bench.bridge.state() == Bridge::State::refused);
}

TEST_CASE("when the server goes, everything in flight fails at once and sessions live on with the next one") {
    Bench bench;
    bench.connect();
    const auto session = bench.open();
    bench.call(session, 1, "1");
    bench.call(session, 2, R"("two")");
    const auto old_id = bench.last_id();
    bench.bridge.child_gone("exited with code 1");
    CHECK(bench.error_code(1) == -32000);
    CHECK(
        bench.only_answer(2) ==
        R"({"jsonrpc":"2.0","id":"two","error":{"code":-32000,"message":"the server stopped before it answered: exited with code 1"}})");
    CHECK(bench.bridge.in_flight() == 0);
    bench.call(session, 3, "3");
    CHECK(bench.answers[3].empty());
    bench.connect();
    CHECK(bench.bridge.in_flight() == 1);
    bench.result(old_id); // of the one before
    CHECK(bench.answers[2].size() == 1);
}

TEST_CASE("what waited for the next server is sent to it after the handshake, in order") {
    Bench bench;
    bench.connect();
    const auto session = bench.open();
    bench.bridge.child_gone("restart");
    bench.call(session, 1, "1");
    bench.call(session, 2, "2");
    bench.bridge.child_connected();
    const auto greeting = bench.last_id();
    bench.taken();
    bench.result(greeting, R"({"protocolVersion":"2025-11-25","capabilities":{}})");
    REQUIRE(bench.to_server.size() == 3);
    CHECK(scan(bench.to_server[0])->method == Method::initialized);
    bench.result(scan(bench.to_server[1])->id, "1");
    CHECK(bench.only_answer(1).ends_with(R"("id":1,"result":1})"));
    bench.result(scan(bench.to_server[2])->id, "2");
    CHECK(bench.only_answer(2).ends_with(R"("id":2,"result":2})"));
}

TEST_CASE("a new server gets the subscriptions and the log level of the old one, and clients look at its lists anew") {
    Bench bench;
    bench.connect();
    const auto session = bench.open();
    bench.ask(session, 1, R"({"jsonrpc":"2.0","id":1,"method":"resources/subscribe","params":{"uri":"file:///a"}})");
    bench.result(bench.last_id());
    bench.ask(session, 2, R"({"jsonrpc":"2.0","id":2,"method":"logging/setLevel","params":{"level":"error"}})");
    bench.result(bench.last_id());
    bench.bridge.child_gone("restart");
    bench.bridge.child_connected();
    const auto greeting = bench.last_id();
    bench.taken();
    bench.result(greeting,
                 R"({"protocolVersion":"2025-11-25","capabilities":{"tools":{"listChanged":true},"prompts":{}}})");
    REQUIRE(bench.to_server.size() == 3);
    CHECK(scan(bench.to_server[1])->uri == R"("file:///a")");
    CHECK(scan(bench.to_server[2])->level == R"("error")");
    CHECK(bench.pushed[session] == Texts{R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})"});
    for (const auto& line : bench.taken())
        if (!scan(line)->id.empty()) bench.result(scan(line)->id);
    CHECK(bench.bridge.in_flight() == 0);
    CHECK(bench.bridge.counters().unknown_responses == 0);
}

TEST_CASE("a new stream to the same server needs no second handshake") {
    Bench bench;
    bench.connect();
    const auto session = bench.open();
    bench.call(session, 1, "1");
    bench.bridge.child_gone("the stream broke");
    bench.call(session, 2, "2");
    bench.taken();
    bench.bridge.child_resumed();
    CHECK(bench.bridge.state() == Bridge::State::ready);
    REQUIRE(bench.to_server.size() == 1);
    bench.result(bench.last_id());
    CHECK(bench.only_answer(2).ends_with(R"("result":{}})"));
}

TEST_CASE("a server that another bridge has greeted is not greeted again, and its old answers are nobody's") {
    Bench before;
    before.connect();
    const auto greeting = before.bridge.server_result();
    Bench bench;
    const auto session = bench.bridge.reopen({.level = 4, .uris = {"a:b"}});
    bench.bridge.child_adopted(greeting, 1'000'000);
    CHECK(bench.bridge.state() == Bridge::State::ready);
    CHECK(bench.bridge.server_result() == greeting);
    bench.taken(); // the log level, for nobody knows what the server was told last
    bench.call(session, 1, "1");
    REQUIRE(bench.to_server.size() == 1);
    CHECK(std::stoll(bench.last_id()) >= 1'000'000);
    bench.result("1"); // asked for by the one before
    CHECK(bench.bridge.counters().unknown_responses == 1);
    bench.result(bench.last_id());
    CHECK(bench.only_answer(1).ends_with(R"("result":{}})"));
}

TEST_CASE("what is not JSON-RPC on the server's stdout is skipped, counted, and its first line kept for a person") {
    Bench bench;
    bench.bridge.child_connected();
    const auto greeting = bench.last_id();
    bench.server("Listening on \x1b[31mport 3000");
    bench.server("{\"half\":");
    bench.server("");
    bench.server(R"([{"jsonrpc":"2.0","method":"m"}])");
    CHECK(bench.bridge.counters().garbage_lines == 3);
    CHECK(bench.bridge.first_garbage() == "Listening on ?[31mport 3000");
    bench.result(greeting, R"({"protocolVersion":"2025-11-25","capabilities":{}})");
    CHECK(bench.bridge.state() == Bridge::State::ready);
    bench.server(std::string(100'000, 'x'));
    CHECK(bench.bridge.first_garbage().size() < 300);
}
