// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"

using namespace thv::test;

namespace {

std::string subscription(std::string_view id, std::string_view verb, std::string_view uri) {
    return fmt::format(R"({{"jsonrpc":"2.0","id":{},"method":"resources/{}","params":{{"uri":"{}"}}}})", id, verb, uri);
}
std::string level(std::string_view id, std::string_view name) {
    return fmt::format(R"({{"jsonrpc":"2.0","id":{},"method":"logging/setLevel","params":{{"level":"{}"}}}})", id,
                       name);
}
std::string log_line(std::string_view name) {
    return fmt::format(R"({{"jsonrpc":"2.0","method":"notifications/message","params":{{"level":"{}","data":"d"}}}})",
                       name);
}
std::string updated(std::string_view uri) {
    return fmt::format(R"({{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{{"uri":"{}"}}}})",
                       uri);
}

} // namespace

TEST_CASE("progress goes to the stream of its own request, with the token as the client wrote it") {
    Bench bench;
    bench.connect();
    const auto a = bench.open();
    const auto b = bench.open();
    const auto call = [](std::string_view token) {
        return fmt::format(
            R"({{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"_meta":{{"progressToken":{}}},"name":"t"}}}})",
            token);
    };
    bench.ask(a, 1, call("\"tok\""));
    const auto first = bench.last_id();
    const auto sent = bench.to_server.back();
    CHECK(scan(sent)->meta_token != "\"tok\"");
    const auto token_a = std::string{scan(sent)->meta_token};
    bench.ask(b, 2, call("\"tok\""));
    const auto token_b = std::string{scan(bench.to_server.back())->meta_token};
    CHECK(token_a != token_b);
    const auto progress = [](std::string_view token, int n) {
        return fmt::format(
            R"({{"jsonrpc":"2.0","method":"notifications/progress","params":{{"progressToken":{},"progress":{}}}}})",
            token, n);
    };
    for (int i = 1; i <= 3; ++i)
        bench.server(progress(token_a, i));
    bench.result(first);
    bench.server(progress(token_a, 4)); // too late
    CHECK(bench.events[1] == Texts{progress("\"tok\"", 1), progress("\"tok\"", 2), progress("\"tok\"", 3)});
    CHECK(bench.events[2].empty());
    CHECK(bench.bridge.counters().dropped_notifications == 1);
}

TEST_CASE("progress that nobody asked for, or that cannot be streamed, is dropped and counted") {
    Bench bench;
    bench.connect();
    const auto session = bench.open();
    bench.call(session, 1, "1"); // without a token
    bench.server(fmt::format(
        R"({{"jsonrpc":"2.0","method":"notifications/progress","params":{{"progressToken":{},"progress":1}}}})",
        bench.last_id()));
    bench.ask(session, 2, R"({"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"_meta":{"progressToken":1}}})",
              false);
    bench.server(fmt::format(
        R"({{"jsonrpc":"2.0","method":"notifications/progress","params":{{"progressToken":{},"progress":1}}}})",
        bench.last_id()));
    CHECK(bench.events.empty());
    CHECK(bench.bridge.counters().dropped_notifications == 2);
}

TEST_CASE("a changed list is told to every session once, and to one without a stream when it opens one") {
    Bench bench;
    bench.connect();
    const auto a = bench.open();
    const auto b = bench.open();
    const std::string changed = R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})";
    bench.server(changed);
    CHECK(bench.pushed[a] == Texts{changed});
    CHECK(bench.pushed[b] == Texts{changed});
    bench.streams_open = false;
    bench.server(changed);
    bench.server(changed);
    bench.streams_open = true;
    bench.bridge.stream_opened(a);
    bench.bridge.stream_opened(a);
    CHECK(bench.pushed[a].size() == 2);
}

TEST_CASE("only subscribers are told of an updated resource") {
    Bench bench;
    bench.connect();
    const auto a = bench.open();
    const auto b = bench.open();
    bench.ask(a, 1, subscription("1", "subscribe", "file:///x"));
    bench.result(bench.last_id());
    bench.server(updated("file:///x"));
    bench.server(updated("file:///x/part"));
    bench.server(updated("file:///xy"));
    CHECK(bench.pushed[a] == Texts{updated("file:///x"), updated("file:///x/part")});
    CHECK(bench.pushed[b].empty());
}

TEST_CASE("the server has one subscription however many clients want it, until the last gives it up") {
    Bench bench;
    bench.connect();
    const auto a = bench.open();
    const auto b = bench.open();
    const auto c = bench.open();
    bench.ask(a, 1, subscription("1", "subscribe", "u"));
    bench.result(bench.last_id());
    bench.taken();
    bench.ask(b, 2, subscription("1", "subscribe", "u"));
    CHECK(bench.only_answer(2) == R"({"jsonrpc":"2.0","id":1,"result":{}})");
    bench.ask(c, 3, subscription("1", "unsubscribe", "u")); // never subscribed
    bench.ask(a, 4, subscription("2", "unsubscribe", "u"));
    CHECK(bench.taken().empty());
    bench.server(updated("u"));
    CHECK(bench.pushed[a].empty());
    CHECK(bench.pushed[b].size() == 1);
    bench.bridge.close(b);
    REQUIRE(bench.to_server.size() == 1);
    CHECK(scan(bench.to_server[0])->method == Method::unsubscribe);
}

TEST_CASE("a subscription that the server refuses is none") {
    Bench bench;
    bench.connect();
    const auto a = bench.open();
    bench.ask(a, 1, subscription("1", "subscribe", "u"));
    bench.server(
        fmt::format(R"({{"jsonrpc":"2.0","id":{},"error":{{"code":-32002,"message":"m"}}}})", bench.last_id()));
    bench.server(updated("u"));
    CHECK(bench.pushed[a].empty());
    bench.ask(a, 2, subscription("2", "subscribe", "u"));
    CHECK(bench.answers[2].empty());
}

TEST_CASE("the server logs as much as the most curious client wants, and each client sees what it wants") {
    Bench bench;
    bench.connect();
    const auto quiet = bench.open();
    const auto curious = bench.open();
    bench.ask(quiet, 1, level("1", "error"));
    CHECK(scan(bench.to_server.back())->level == R"("error")");
    bench.result(bench.last_id());
    bench.ask(curious, 2, level("1", "debug"));
    CHECK(scan(bench.to_server.back())->level == R"("debug")");
    bench.result(bench.last_id());
    bench.ask(quiet, 3, level("2", "critical"));
    CHECK(scan(bench.to_server.back())->level == R"("debug")");
    bench.result(bench.last_id());

    bench.call(quiet, 4, "9");
    const auto id = bench.last_id();
    bench.server(log_line("error"));
    bench.server(log_line("alert"));
    CHECK(bench.events[4] == Texts{log_line("alert")});
    bench.result(id);
    bench.taken();
    bench.bridge.close(curious);
    REQUIRE(bench.to_server.size() == 1);
    CHECK(scan(bench.to_server[0])->level == R"("critical")");
}

TEST_CASE("a log line goes to the only client with a request in flight, and to nobody when there are two") {
    Bench bench;
    bench.connect();
    const auto a = bench.open();
    const auto b = bench.open();
    bench.server(log_line("info"));
    CHECK(bench.bridge.counters().dropped_notifications == 1);
    bench.call(a, 1, "1");
    bench.server(log_line("info"));
    CHECK(bench.events[1] == Texts{log_line("info")});
    bench.call(b, 2, "1");
    bench.server(log_line("info"));
    CHECK(bench.events[1].size() == 1);
    CHECK(bench.events[2].empty());
    CHECK(bench.bridge.counters().dropped_notifications == 2);
}

TEST_CASE("the only client hears what the server says while nothing is in flight") {
    Bench bench;
    bench.connect();
    const auto a = bench.open();
    bench.server(log_line("info"));
    bench.server(R"({"jsonrpc":"2.0","method":"notifications/of/its/own","params":{}})");
    CHECK(bench.pushed[a].size() == 2);
}

TEST_CASE("notifications that only a server or the handshake may send are not passed on from clients") {
    Bench bench;
    bench.connect();
    const auto a = bench.open();
    for (const auto* method :
         {"initialized", "roots/list_changed", "tools/list_changed", "message", "resources/updated", "progress"})
        bench.notify(a, fmt::format(R"({{"jsonrpc":"2.0","method":"notifications/{}","params":{{"progressToken":1}}}})",
                                    method));
    CHECK(bench.taken().empty());
    const std::string own = R"({"jsonrpc":"2.0","method":"notifications/of/my/own","params":{"n":9007199254740993}})";
    bench.notify(a, own);
    CHECK(bench.taken() == Texts{own});
}
