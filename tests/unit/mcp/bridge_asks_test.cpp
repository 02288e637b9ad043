// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"

using namespace thv::test;

namespace {

constexpr std::string_view sampling =
    R"({"jsonrpc":"2.0","id":"s1","method":"sampling/createMessage","params":{"_meta":{"progressToken":"st"},"messages":[]}})";

int code_of(const std::string& text) {
    return std::stoi(std::string{member(scan(text)->body, "code")});
}

} // namespace

TEST_CASE("a request of the server goes to the only client with a request in flight, and its reply comes back") {
    Bench bench;
    bench.connect();
    const auto a = bench.open(R"({"sampling":{}})");
    bench.open(R"({"sampling":{}})");
    bench.call(a, 1, "1");
    bench.taken();
    bench.server(sampling);
    REQUIRE(bench.events[1].size() == 1);
    const auto asked = bench.events[1][0];
    const auto id = std::string{scan(asked)->id};
    CHECK(id != R"("s1")");
    bench.reply(a, R"({"jsonrpc":"2.0","id":)" + id + R"(,"result":{"n":9007199254740993}})");
    CHECK(bench.taken() == Texts{R"({"jsonrpc":"2.0","id":"s1","result":{"n":9007199254740993}})"});
    bench.reply(a, R"({"jsonrpc":"2.0","id":)" + id + R"(,"result":{}})");
    CHECK(bench.taken().empty());
    CHECK(bench.bridge.counters().unknown_replies == 1);
}

TEST_CASE("nobody answers what another session was asked") {
    Bench bench;
    bench.connect();
    const auto a = bench.open(R"({"sampling":{}})");
    const auto b = bench.open(R"({"sampling":{}})");
    bench.call(a, 1, "1");
    bench.server(sampling);
    const auto id = std::string{scan(bench.events[1][0])->id};
    bench.taken();
    bench.reply(b, R"({"jsonrpc":"2.0","id":)" + id + R"(,"result":{}})");
    bench.reply(b, R"({"jsonrpc":"2.0","id":"s1","result":{}})");
    CHECK(bench.taken().empty());
    CHECK(bench.bridge.counters().unknown_replies == 2);
}

TEST_CASE("a request of the server is refused rather than guessed") {
    struct Case {
        std::string name, capabilities, method;
        int sessions_in_flight;
        int code;
    };
    for (const auto& [name, capabilities, method, in_flight, code] : std::vector<Case>{
             {"nothing is in flight", R"({"sampling":{}})", "sampling/createMessage", 0, -32603},
             {"two clients wait", R"({"sampling":{}})", "sampling/createMessage", 2, -32603},
             {"the client cannot sample", R"({"roots":{}})", "sampling/createMessage", 1, -32601},
             {"the client cannot elicit", R"({"sampling":{}})", "elicitation/create", 1, -32601},
             {"the client has no roots", "{}", "roots/list", 1, -32601},
             {"no such method", R"({"sampling":{}})", "sampling/other", 1, -32601},
         }) {
        INFO(name);
        Bench bench;
        bench.connect();
        for (int i = 1; i <= 2; ++i) {
            const auto session = bench.open(capabilities);
            if (i <= in_flight) bench.call(session, i, "1");
        }
        bench.taken();
        bench.server(fmt::format(R"({{"jsonrpc":"2.0","id":"q","method":"{}","params":{{}}}})", method));
        REQUIRE(bench.to_server.size() == 1);
        CHECK(scan(bench.to_server[0])->id == R"("q")");
        CHECK(code_of(bench.to_server[0]) == code);
        CHECK(bench.events.empty());
        CHECK(bench.bridge.counters().refused_asks == 1);
    }
}

TEST_CASE("a request of the server can travel on the session's stream when the exchange cannot stream") {
    Bench bench;
    bench.connect();
    const auto a = bench.open(R"({"elicitation":{}})");
    bench.call(a, 1, "1", false);
    bench.server(R"({"jsonrpc":"2.0","id":1,"method":"elicitation/create","params":{}})");
    CHECK(bench.pushed[a].size() == 1);
    bench.streams_open = false;
    bench.taken();
    bench.server(R"({"jsonrpc":"2.0","id":2,"method":"elicitation/create","params":{}})");
    REQUIRE(bench.to_server.size() == 1);
    CHECK(code_of(bench.to_server[0]) == -32603);
}

TEST_CASE("the server's cancellation of its request reaches the client with the id that the client knows") {
    Bench bench;
    bench.connect();
    const auto a = bench.open(R"({"sampling":{}})");
    bench.call(a, 1, "1");
    bench.server(sampling);
    const auto id = std::string{scan(bench.events[1][0])->id};
    bench.server(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"s1"}})");
    REQUIRE(bench.events[1].size() == 2);
    CHECK(scan(bench.events[1][1])->request_id == id);
    bench.server(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"never"}})");
    CHECK(bench.events[1].size() == 2);
}

TEST_CASE("a client's progress on the server's request is passed on, and only from the client that was asked") {
    Bench bench;
    bench.connect();
    const auto a = bench.open(R"({"sampling":{}})");
    const auto b = bench.open();
    bench.call(a, 1, "1");
    bench.server(sampling);
    bench.taken();
    const std::string progress =
        R"({"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"st","progress":1}})";
    bench.notify(b, progress);
    CHECK(bench.taken().empty());
    bench.notify(a, progress);
    CHECK(bench.taken() == Texts{progress});
}

TEST_CASE("the server learns that the client it asked has gone") {
    Bench bench;
    bench.connect();
    const auto a = bench.open(R"({"sampling":{}})");
    bench.call(a, 1, "1");
    bench.server(sampling);
    bench.taken();
    bench.bridge.close(a);
    bool told = false;
    for (const auto& line : bench.taken())
        told = told || (scan(line)->kind == Kind::error && scan(line)->id == R"("s1")");
    CHECK(told);
}
