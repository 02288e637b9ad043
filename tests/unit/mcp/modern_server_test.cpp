// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// Clients of revision 2026-07-28 in front of a server of their own era, and their streams of notifications.
#include "modern_bench.hpp"

using namespace thv::test;

TEST_CASE("a stream of notifications carries what it asked for and the server can tell, with its tag") {
    ModernBench bench;
    bench.connect(R"({"tools":{"listChanged":true},"resources":{"subscribe":true}})");
    bench.modern(
        1, "9", "subscriptions/listen",
        R"("notifications":{"toolsListChanged":true,"promptsListChanged":true,"resourceSubscriptions":["a:b"]},)" +
            meta());
    CHECK(
        bench.events[1] ==
        Texts{
            R"({"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":9},"notifications":{"toolsListChanged":true,"resourceSubscriptions":["a:b"]}}})"});
    CHECK(bench.taken().at(0).find(R"("resources/subscribe","params":{"uri":"a:b"})") != std::string::npos);
    bench.events.clear();
    bench.server(R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})");
    bench.server(R"({"jsonrpc":"2.0","method":"notifications/prompts/list_changed"})");
    bench.server(R"({"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"a:b"}})");
    bench.server(R"({"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"a:c"}})");
    CHECK(
        bench.events[1] ==
        Texts{
            R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":9}}})",
            R"({"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":9},"uri":"a:b"}})"});
    CHECK(bench.bridge.waiting() == 0);
    bench.bridge.abandon(Exchange{1});
    CHECK(bench.taken().at(0).find("resources/unsubscribe") != std::string::npos);
}

TEST_CASE("streams of notifications end in good order") {
    ModernBench bench;
    bench.connect();
    bench.modern(1, R"("l")", "subscriptions/listen", R"("notifications":{},)" + meta());
    bench.bridge.end_listening();
    CHECK(
        bench.only_answer(1) ==
        R"({"jsonrpc":"2.0","id":"l","result":{"resultType":"complete","_meta":{"io.modelcontextprotocol/subscriptionId":"l"}}})");
}

TEST_CASE("a modern server is greeted in its way, when it knows of no handshake") {
    ModernBench bench;
    bench.bridge.child_connected();
    bench.server(fmt::format(R"({{"jsonrpc":"2.0","id":{},"error":{{"code":-32601,"message":"no such method"}}}})",
                             bench.last_id()));
    CHECK(scan(bench.to_server.back())->method == Method::discover);
    bench.result(bench.last_id(), R"({"supportedVersions":["2026-07-28"],"capabilities":{}})");
    CHECK(bench.bridge.era() == Era::modern);
    bench.initialize(1);
    CHECK(bench.error_code(1) == -32022);
    CHECK(bench.statuses[1] == 400);
}

TEST_CASE("a modern server gets modern requests as they are, but for their numbers") {
    ModernBench bench;
    bench.connect_modern();
    bench.modern(1, "1", "resources/read",
                 R"("uri":"a:b","requestState":"theirs",)" + meta("{}", R"(,"progressToken":"p")"));
    const auto id = bench.last_id();
    CHECK(
        bench.taken() ==
        Texts{fmt::format(
            R"({{"jsonrpc":"2.0","id":{0},"method":"resources/read","params":{{"uri":"a:b","requestState":"theirs",{1}}}}})",
            id, meta("{}", R"(,"progressToken":)" + id))});
    bench.server(fmt::format(
        R"({{"jsonrpc":"2.0","method":"notifications/progress","params":{{"progressToken":{},"progress":1}}}})", id));
    CHECK(bench.events[1].at(0).find(R"("progressToken":"p")") != std::string::npos);
    bench.result(id, R"({"resultType":"input_required","requestState":"x"})");
    CHECK(bench.only_answer(1) ==
          R"({"jsonrpc":"2.0","id":1,"result":{"resultType":"input_required","requestState":"x"}})");
}

TEST_CASE("a modern server's notifications reach the stream that they are for") {
    ModernBench bench;
    bench.connect_modern(R"({"tools":{"listChanged":true}})");
    bench.modern(1, R"("mine")", "subscriptions/listen", R"("notifications":{"toolsListChanged":true},)" + meta());
    const auto id = bench.last_id();
    bench.server(fmt::format(
        R"({{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{{"_meta":{{"io.modelcontextprotocol/subscriptionId":{}}}}}}})",
        id));
    CHECK(
        bench.events[1] ==
        Texts{
            R"({"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":"mine"}}})"});
    CHECK(bench.bridge.in_flight() == 0); // it is no load
    bench.bridge.abandon(Exchange{1});
    CHECK(bench.to_server.back().find(R"("requestId":)" + id) != std::string::npos);
}
