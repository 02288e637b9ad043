// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

using namespace thv;
using namespace thv::test;

TEST_CASE("initialize gives a session with an unguessable id, and a call its answer as JSON") {
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto session = co_await at.open();
        CHECK(session.size() == 32);
        const auto other = co_await at.open();
        CHECK(session != other);
        const auto answer = co_await at.post(call("\"x\"", "echo"), session);
        CHECK(answer.status == 200);
        CHECK(*answer.header("content-type") == "application/json");
        CHECK(answer.body == R"({"jsonrpc":"2.0","id":"x","result":{"name":"echo"}})");
    });
}

TEST_CASE("a request that is not acceptable gets the status and the code that clients know") {
    struct Case {
        std::string name, method, path, body;
        http::Headers headers;
        bool in_session;
        int status;
        std::string code;
    };
    static const std::vector<Case> cases{
        {"not JSON by its type",
         "POST",
         "/mcp",
         call("1", "echo"),
         {{"Content-Type", "text/plain"}},
         true,
         415,
         "-32000"},
        {"JSON with parameters",
         "POST",
         "/mcp",
         call("1", "echo"),
         {{"Content-Type", "Application/JSON; charset=utf-8"}},
         true,
         200,
         ""},
        {"accepts pictures only", "POST", "/mcp", call("1", "echo"), {{"Accept", "image/png"}}, true, 406, "-32000"},
        {"accepts anything", "POST", "/mcp", call("1", "echo"), {{"Accept", "*/*"}}, true, 200, ""},
        {"not JSON", "POST", "/mcp", "{nope", {}, true, 400, "-32700"},
        {"a batch", "POST", "/mcp", "[" + call("1", "echo") + "]", {}, true, 400, "-32600"},
        {"two ids", "POST", "/mcp", R"({"jsonrpc":"2.0","id":1,"ID":2,"method":"ping"})", {}, true, 400, "-32600"},
        {"no session", "POST", "/mcp", call("1", "echo"), {}, false, 400, "-32000"},
        {"unknown session",
         "POST",
         "/mcp",
         call("1", "echo"),
         {{"Mcp-Session-Id", "0123456789abcdef0123456789abcdef"}},
         false,
         404,
         "-32001"},
        {"unknown version",
         "POST",
         "/mcp",
         call("1", "echo"),
         {{"MCP-Protocol-Version", "1999-01-01"}},
         true,
         400,
         "-32000"},
        {"known version", "POST", "/mcp", call("1", "echo"), {{"MCP-Protocol-Version", "2025-06-18"}}, true, 200, ""},
        {"initialize twice",
         "POST",
         "/mcp",
         R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}})",
         {},
         true,
         400,
         "-32600"},
        {"initialize without a version",
         "POST",
         "/mcp",
         R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{}})",
         {},
         false,
         200,
         "-32602"},
        {"another path", "POST", "/other", call("1", "echo"), {}, true, 404, "-32000"},
        {"another method", "PUT", "/mcp", call("1", "echo"), {}, true, 405, "-32000"},
        {"a stream as JSON", "GET", "/mcp", "", {{"Accept", "application/json"}}, true, 406, "-32000"},
        {"a stream without a session", "GET", "/mcp", "", {{"Accept", "text/event-stream"}}, false, 400, "-32000"},
        {"a stream of an unknown session",
         "GET",
         "/mcp",
         "",
         {{"Accept", "text/event-stream"}, {"Mcp-Session-Id", "x"}},
         false,
         404,
         "-32001"},
        {"the end of an unknown session", "DELETE", "/mcp", "", {{"Mcp-Session-Id", "x"}}, false, 404, "-32001"},
    };
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto session = co_await at.open();
        for (const auto& one : cases) {
            INFO(one.name);
            http::Request request{.method = one.method, .target = one.path};
            request.headers = one.headers;
            request.body = one.body;
            if (one.in_session) request.headers.emplace_back("Mcp-Session-Id", session);
            if (one.method == "POST" && http::find_header(request.headers, "Content-Type") == nullptr)
                request.headers.emplace_back("Content-Type", "application/json");
            const auto answer = co_await at.send(std::move(request));
            CHECK(answer.status == one.status);
            const auto code = mcp::member(mcp::member(answer.body, "error"), "code");
            CHECK(code == one.code);
            CHECK(answer.body.find("null") == std::string::npos); // strict clients refuse "id":null
            if (answer.status == 405) CHECK(*answer.header("allow") == "GET, POST, DELETE");
        }
        CHECK(at.proxy.bridge().sessions() == 1);
    });
}

TEST_CASE("notifications and replies are accepted with 202 and no body") {
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto session = co_await at.open();
        for (const std::string body : {R"({"jsonrpc":"2.0","method":"notifications/initialized"})",
                                       R"({"jsonrpc":"2.0","id":99,"result":{}})"}) {
            const auto answer = co_await at.post(body, session);
            CHECK(answer.status == 202);
            CHECK(answer.body.empty());
        }
    });
}

TEST_CASE("progress makes the answer an event stream in which the answer comes last") {
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto session = co_await at.open();
        const auto answer = co_await at.post(call("5", "progress", R"(,"_meta":{"progressToken":"tok"})"), session);
        CHECK(answer.status == 200);
        CHECK(*answer.header("content-type") == "text/event-stream");
        const auto events = events_in(answer.body);
        REQUIRE(events.size() == 4);
        for (std::size_t i = 0; i < 3; ++i)
            CHECK(
                events[i] ==
                fmt::format(
                    R"({{"jsonrpc":"2.0","method":"notifications/progress","params":{{"progressToken":"tok","progress":{}}}}})",
                    i + 1));
        CHECK(mcp::scan(events[3])->id == "5");
    });
}

TEST_CASE("a client that reads only JSON or only events gets what it reads") {
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto session = co_await at.open();
        const auto json = co_await at.post(call("5", "progress", R"(,"_meta":{"progressToken":1})"), session,
                                           {{"Accept", "application/json"}});
        CHECK(*json.header("content-type") == "application/json");
        CHECK(mcp::scan(json.body)->id == "5");
        const auto events = co_await at.post(call("6", "echo"), session, {{"Accept", "text/event-stream"}});
        CHECK(*events.header("content-type") == "text/event-stream");
        CHECK(events_in(events.body).size() == 1);
    });
}

TEST_CASE("the session's stream carries what belongs to no request, and there is only one") {
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto session = co_await at.open();
        const auto stream = co_await at.stream(session);
        CHECK(stream->head().status == 200);
        const std::string changed = R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})";
        at.server->say(changed);
        const auto text = co_await read_until(*stream, "}\n\n");
        CHECK(text == "id: 0-0\nretry: 1000\ndata: \n\nid: 0-1\nevent: message\ndata: " + changed + "\n\n");
        const auto second = co_await at.stream(session);
        CHECK(second->head().status == 409);
    });
}

TEST_CASE("a stream can be opened again after its client went away") {
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto session = co_await at.open();
        auto stream = co_await at.stream(session);
        stream.reset();
        int status = 0;
        for (int i = 0; i < 100 && status != 200; ++i) {
            const auto again = co_await at.stream(session);
            status = again->head().status;
        }
        CHECK(status == 200);
    });
}

TEST_CASE("silent streams carry comments, so that nobody in between takes them for dead") {
    auto options = quick_options();
    options.keep_alive = 30ms;
    World world{options};
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto session = co_await at.open();
        const auto stream = co_await at.stream(session);
        const auto text = co_await read_until(*stream, "keep-alive\n\n");
        CHECK(text.ends_with("\n\n: keep-alive\n\n"));
    });
}

TEST_CASE("the server's question travels on the call's stream and the client's reply comes back to it") {
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto session = co_await at.open(R"({"sampling":{}})");
        http::Request request{.method = "POST", .target = "/mcp"};
        request.headers = {{"Content-Type", "application/json"},
                           {"Accept", "text/event-stream, application/json"},
                           {"Mcp-Session-Id", session}};
        request.body = call("1", "ask");
        auto speaker = at.client();
        const auto stream = co_await speaker.open(std::move(request));
        const auto question = co_await read_until(*stream, "}\n\n");
        const auto id = std::string{mcp::scan(events_in(question).at(0))->id};
        const auto accepted =
            co_await at.post(fmt::format(R"({{"jsonrpc":"2.0","id":{},"result":{{"said":"hello"}}}})", id), session);
        CHECK(accepted.status == 202);
        const auto rest = co_await stream->read_all(10'000);
        CHECK(events_in(rest).at(0) == R"({"jsonrpc":"2.0","id":1,"result":{"said":"hello"}})");
    });
}

TEST_CASE("health is told to anybody, by any name, without a word to the server") {
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        co_await at.open();
        const auto before = at.server->received.size();
        http::Request request{.method = "GET", .target = "/health"};
        request.headers = {{"Host", "evil.example"}};
        const auto answer = co_await at.send(request);
        CHECK(answer.status == 200);
        CHECK(mcp::member(answer.body, "status") == R"("healthy")");
        CHECK(mcp::member(answer.body, "transport") == R"("stdio")");
        CHECK(mcp::member(mcp::member(answer.body, "mcp"), "available") == "true");
        CHECK_FALSE(mcp::member(answer.body, "timestamp").empty());
        CHECK(at.server->received.size() == before);
        at.crash("exited");
        const auto after = co_await at.send(request);
        CHECK(after.status == 503);
        CHECK(mcp::member(after.body, "status") == R"("unhealthy")");
        CHECK(mcp::member(mcp::member(after.body, "mcp"), "error") == R"("exited")");
    });
}

TEST_CASE("a large result arrives whole and soon") {
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto session = co_await at.open();
        const std::string text(7U << 20U, 'x');
        const auto since = std::chrono::steady_clock::now();
        const auto answer = co_await at.post(call("1", "echo", fmt::format(R"(,"t":"{}")", text)), session);
        CHECK(answer.body.size() > text.size());
        CHECK(mcp::unquote(mcp::member(mcp::member(answer.body, "result"), "t")) == text);
        CHECK(std::chrono::steady_clock::now() - since < 5s);
    });
}

TEST_CASE("what careless proxies lose is in the answer byte for byte") {
    World world;
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto session = co_await at.open();
        const std::string odd =
            ",\"t\":\"\u00A0\u3000\u200D\uFEFF\uE000\uFFFD\",\"n\":[9007199254740993,1e400,1.50,-0]";
        const auto answer = co_await at.post(call("1.5", "echo", odd), session);
        CHECK(answer.body == R"({"jsonrpc":"2.0","id":1.5,"result":{"name":"echo")" + odd + "}}");
    });
}
