// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/challenge.hpp"
#include "proxy/forward.hpp"
#include "proxy/session_owners.hpp"
#include "support/temp_folder.hpp"
#include "tokens.hpp"

using namespace thv;
using namespace thv::test;

namespace {

std::string hello() {
    return R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}})";
}

Task<std::string> open(World& world, const std::string& token) {
    const auto answer = co_await world.post(hello(), {}, bearer(token));
    co_return answer.status == 200 ? *answer.header("mcp-session-id") : std::to_string(answer.status);
}

Task<std::unique_ptr<http::Stream>> open_sse(World& world, const std::string& token) {
    http::Request get{.method = "GET", .target = "/sse"};
    get.headers = bearer(token);
    auto speaker = world.client();
    auto stream = co_await speaker.open(get);
    co_return stream;
}

} // namespace

TEST_CASE("without a good token nothing reaches the server, and the client learns how to get one") {
    World world{guarded()};
    world.connect();
    world.run([](World& at) -> Task<> {
        struct Case {
            std::string authorization;
            int status;
            std::string challenge;
        };
        static const std::vector<Case> cases{
            {"", 401,
             R"(Bearer resource_metadata="http://127.0.0.1:PORT/.well-known/oauth-protected-resource/mcp", scope="mcp")"},
            {"Bearer wrong", 401, R"(error="invalid_token")"},
            {"bearer wrong", 401, R"(error="invalid_token")"},
            {"Bearer late-wrong", 401, R"(error="invalid_token")"},
            {"Basic YTpi", 401, R"(error="invalid_request")"},
            {"Bearer", 401, R"(error="invalid_request")"},
            {"Bearer narrow", 403, R"(error="insufficient_scope")"},
        };
        for (const auto& [authorization, status, wanted] : cases) {
            INFO(authorization);
            http::Headers headers;
            if (!authorization.empty()) headers.emplace_back("Authorization", authorization);
            const auto answer = co_await at.post(hello(), {}, headers);
            CHECK(answer.status == status);
            REQUIRE(answer.header("www-authenticate") != nullptr);
            auto text = wanted;
            if (const auto place = text.find("PORT"); place != std::string::npos)
                text.replace(place, 4, std::to_string(at.port()));
            CHECK_THAT(*answer.header("www-authenticate"), ContainsSubstring(text));
            CHECK(answer.body.find("wrong") == std::string::npos);
        }
        const auto dark = co_await at.post(hello(), {}, bearer("dark"));
        CHECK(dark.status == 503);
        CHECK(dark.header("retry-after") != nullptr);
        CHECK(dark.header("www-authenticate") == nullptr);
        http::Headers twice = bearer("alice");
        twice.emplace_back("Authorization", "Bearer alice");
        const auto doubled = co_await at.post(hello(), {}, twice);
        CHECK(doubled.status == 401);
        const auto in_query = co_await at.send({.method = "GET", .target = "/mcp?access_token=alice"});
        CHECK(in_query.status == 401);
        CHECK(at.server->received.size() <= 2); // the proxy's own handshake
    });
}

TEST_CASE("a token that takes a while is waited for, also by a client that has left") {
    World world{guarded()};
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto session = co_await open(at, "late-alice");
        CHECK(session.size() == 32);
        {
            RawClient gone{at.context.get_executor()};
            co_await gone.connect(at.port());
            co_await gone.send("GET /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer late-bob\r\n\r\n");
            const auto before = tokens()->judged;
            gone.close();
            co_await until([before] { return tokens()->judged > before; });
        }
        const auto answer = co_await at.post(call("1", "echo"), session, bearer("late-alice"));
        CHECK(answer.status == 200);
    });
}

TEST_CASE("a session is its principal's alone, and for everybody else it is not there") {
    World world{guarded()};
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto session = co_await open(at, "alice");
        const auto own = co_await at.post(call("1", "echo"), session, bearer("alice"));
        CHECK(own.status == 200);
        const auto other = co_await at.post(call("1", "echo"), session, bearer("bob"));
        CHECK(other.status == 404);
        const auto unknown = co_await at.post(call("1", "echo"), std::string(32, '0'), bearer("bob"));
        CHECK(other.body == unknown.body);
        http::Request erase{.method = "DELETE", .target = "/mcp"};
        erase.headers = bearer("bob");
        erase.headers.emplace_back("Mcp-Session-Id", session);
        const auto erased = co_await at.send(erase);
        CHECK(erased.status == 404);
        const auto still = co_await at.post(call("2", "echo"), session, bearer("alice"));
        CHECK(still.status == 200);
    });
}

TEST_CASE("one principal cannot take all sessions") {
    auto options = guarded();
    options.sessions_per_principal = 2;
    World world{options};
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto first = co_await open(at, "alice");
        const auto second = co_await open(at, "alice");
        CHECK(second.size() == 32);
        const auto third = co_await at.post(hello(), {}, bearer("alice"));
        CHECK(third.status == 503);
        CHECK(third.header("retry-after") != nullptr);
        const auto other = co_await open(at, "bob");
        CHECK(other.size() == 32);
        http::Request erase{.method = "DELETE", .target = "/mcp"};
        erase.headers = bearer("alice");
        erase.headers.emplace_back("Mcp-Session-Id", first);
        co_await at.send(erase);
        const auto again = co_await open(at, "alice");
        CHECK(again.size() == 32);
    });
}

TEST_CASE("sessions count together whichever way clients speak") {
    auto options = guarded();
    options.sessions_per_principal = 2;
    options.sessions = 3;
    World world{options};
    world.connect();
    world.run([](World& at) -> Task<> {
        co_await open(at, "alice");
        const auto stream = co_await open_sse(at, "alice");
        CHECK(stream->head().status == 200);
        const auto own = co_await at.post(hello(), {}, bearer("alice"));
        CHECK(own.status == 503);
        CHECK_THAT(own.body, ContainsSubstring("you have too many sessions"));
        const auto last = co_await open(at, "bob");
        CHECK(last.size() == 32);
        const auto more = co_await open_sse(at, "bob");
        CHECK(more->head().status == 503);
    });
}

TEST_CASE("a session that outlives its proxy stays its principal's") {
    const TempFolder folder;
    static std::string session;
    const auto run = [&](Task<> (*work)(World&)) {
        auto options = guarded();
        options.session_journal = folder.path() / "sessions";
        World world{options};
        world.connect();
        world.run(work);
    };
    run([](World& at) -> Task<> { session = co_await open(at, "alice"); });
    run([](World& at) -> Task<> {
        const auto other = co_await at.post(call("1", "echo"), session, bearer("bob"));
        CHECK(other.status == 404);
        const auto own = co_await at.post(call("1", "echo"), session, bearer("alice"));
        CHECK(own.status == 200);
    });
}

TEST_CASE("an open stream ends with the token that opened it") {
    auto options = guarded();
    options.http.stall_time = 40ms; // makes ticks short
    World world{options};
    world.connect();
    world.run([](World& at) -> Task<> {
        const auto session = co_await open(at, "alice");
        tokens()->until = std::chrono::steady_clock::now() + 50ms;
        http::Request get{.method = "GET", .target = "/mcp"};
        get.headers = bearer("alice");
        get.headers.emplace_back("Mcp-Session-Id", session);
        get.headers.emplace_back("Accept", "text/event-stream");
        auto speaker = at.client();
        const auto stream = co_await speaker.open(get);
        CHECK(stream->head().status == 200);
        CHECK_THROWS_AS(co_await with_deadline(stream->read_all(1000), 10s, "waiting for the end"), Error);
        tokens()->until = std::chrono::steady_clock::time_point::max();
        const auto renewed = co_await at.post(call("1", "echo"), session, bearer("alice"));
        CHECK(renewed.status == 200);
    });
}

TEST_CASE("where to get a token is told without one, and 404 when none is needed") {
    World world{guarded()};
    world.connect();
    world.run([](World& at) -> Task<> {
        for (const auto* target :
             {"/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp"}) {
            const auto answer = co_await at.send({.method = "GET", .target = target});
            CHECK(answer.status == 200);
            CHECK(answer.body ==
                  fmt::format(
                      R"({{"resource":"http://127.0.0.1:{}/mcp","authorization_servers":["https://issuer.example"],)"
                      R"("bearer_methods_supported":["header"],"scopes_supported":["mcp"]}})",
                      at.port()));
        }
        const auto near = co_await at.send({.method = "GET", .target = "/.well-known/oauth-protected-resources"});
        CHECK(near.status == 401);
        const auto health = co_await at.send({.method = "GET", .target = "/health"});
        CHECK(health.status == 200);
    });
    World open_world;
    open_world.run([](World& at) -> Task<> {
        const auto answer = co_await at.send({.method = "GET", .target = "/.well-known/oauth-protected-resource"});
        CHECK(answer.status == 404);
        CHECK(mcp::member(answer.body, "error") == "\"not_found\"");
    });
}

TEST_CASE("the metadata of a resource are between its host and its path") {
    CHECK(proxy::metadata_url("https://mcp.example/a/mcp") ==
          "https://mcp.example/.well-known/oauth-protected-resource/a/mcp");
    CHECK(proxy::metadata_url("https://mcp.example") == "https://mcp.example/.well-known/oauth-protected-resource");
    CHECK(proxy::metadata_url("https://mcp.example/") == "https://mcp.example/.well-known/oauth-protected-resource");
}

TEST_CASE("a server behind a pass-through sees neither token nor foreign session") {
    asio::io_context context{1};
    struct Backend final : http::Handler {
        void request(http::Visit& visit) override {
            ++requests;
            saw_token = saw_token || visit.header("authorization").has_value();
            visit.answer(200, "Mcp-Session-Id: s1\r\nContent-Type: application/json\r\n", "{}");
        }
        void gone(http::Visit&) override {}
        int requests = 0;
        bool saw_token = false;
    } backend;
    http::Server server{context.get_executor(), backend};
    server.bind("127.0.0.1", 0);
    server.start();
    auto options = guarded();
    options.transport = Transport::streamable_http;
    proxy::HttpProxy proxy{context.get_executor(), options};
    proxy.bind();
    proxy.set_backend("127.0.0.1", server.port());
    asio::co_spawn(context, proxy.serve(), asio::detached);
    const auto ask = [&](const std::string& token, const std::string& session) {
        http::Request request{.method = "POST", .target = "/mcp", .headers = bearer(token), .body = hello()};
        if (!session.empty()) request.headers.emplace_back("Mcp-Session-Id", session);
        http::Client client{http::TcpEndpoint{"127.0.0.1", static_cast<std::uint16_t>(proxy.port())}};
        std::optional<http::Response> answer;
        asio::co_spawn(context, client.request(std::move(request)),
                       [&](const std::exception_ptr& failure, http::Response got) {
                           if (!failure) answer = std::move(got);
                       });
        while (!answer && context.run_one_for(10s) != 0) {
        }
        return answer ? answer->status : 0;
    };
    CHECK(ask("wrong", "") == 401);
    CHECK(ask("alice", "s1") == 404);
    CHECK(backend.requests == 0);
    CHECK(ask("alice", "") == 200);
    CHECK(ask("alice", "s1") == 200);
    CHECK(ask("bob", "s1") == 404);
    CHECK(backend.requests == 2);
    CHECK_FALSE(backend.saw_token);
    proxy.close();
    server.close();
    context.run_for(100ms);
}

TEST_CASE("owners of sessions are remembered as long as there is room") {
    proxy::SessionOwners owners{3, 2};
    owners.opened("a1", "a");
    owners.opened("a2", "a");
    CHECK(owners.owns("a1", "a"));
    owners.opened("a3", "a");
    CHECK_FALSE(owners.owns("a2", "a")); // used longest ago
    CHECK(owners.owns("a1", "a"));
    CHECK_FALSE(owners.owns("a1", "b"));
    owners.opened("b1", "b");
    owners.opened("c1", "c");
    CHECK(owners.size() == 3);
    CHECK_FALSE(owners.owns("a3", "a"));
    owners.closed("a1");
    CHECK_FALSE(owners.owns("a1", "a"));
    owners.opened("b1", "c");
    CHECK_FALSE(owners.owns("b1", "b"));
}
