// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "http/client.hpp"
#include "io/deadline.hpp"
#include "support/catch.hpp"
#include "support/drive.hpp"
#include "support/failure.hpp"
#include "support/scripted_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>
#include <unistd.h>

#include <atomic>

using namespace thv;
using namespace std::chrono_literals;
using thv::http::Client;
using thv::http::Request;
using thv::http::Response;
using thv::http::UnixEndpoint;
using thv::test::drive;
using thv::test::Peer;
using thv::test::ScriptedServer;

namespace {

constexpr auto hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

ScriptedServer::Script answers(std::string answer) {
    return [answer](Peer& peer) {
        peer.read_request();
        peer.send(answer);
    };
}

/// The fault and message of what a task throws.
template <typename T>
Error error_of(asio::io_context& context, Task<T> task) {
    return test::error_of([&] { drive(context, std::move(task)); });
}

Task<std::string> rest_of(Client& client, Request request) {
    const auto stream = co_await client.open(std::move(request));
    co_return co_await stream->read_all(1U << 20U);
}

} // namespace

TEST_CASE("a buffered answer has its status, headers and body, however the server frames it") {
    const auto [name, wire, body] = GENERATE(table<std::string, std::string, std::string>({
        {"length", "HTTP/1.1 201 Created\r\nX-Kind: a\r\nContent-Length: 5\r\n\r\nhello", "hello"},
        {"chunked",
         "HTTP/1.1 201 Created\r\nX-Kind: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
         "hello"},
        {"until closed", "HTTP/1.1 201 Created\r\nX-Kind: a\r\nConnection: close\r\n\r\nhello", "hello"},
        {"no body", "HTTP/1.1 201 Created\r\nX-Kind: a\r\nContent-Length: 0\r\n\r\n", ""},
        {"after an interim answer",
         "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 201 Created\r\nX-Kind: a\r\nContent-Length: 2\r\n\r\nhi", "hi"},
    }));
    INFO(name);
    ScriptedServer server{{answers(wire)}};
    asio::io_context context{1};
    Client client{UnixEndpoint{server.path()}};
    const auto answer = drive(context, client.request({.target = "/x"}));
    CHECK(answer.status == 201);
    CHECK(answer.body == body);
    REQUIRE(answer.header("x-KIND") != nullptr);
    CHECK(*answer.header("x-KIND") == "a");
}

TEST_CASE("a request goes out with its headers, its length and a host") {
    std::string seen;
    {
        ScriptedServer server{{[&seen](Peer& peer) {
            seen = peer.read_request();
            peer.send(hello);
        }}};
        asio::io_context context{1};
        Client client{UnixEndpoint{server.path()}};
        drive(context, client.request({.method = "POST",
                                       .target = "/containers/create?name=a",
                                       .headers = {{"Content-Type", "application/json"}},
                                       .body = "{}"}));
    }
    CHECK_THAT(seen, StartsWith("POST /containers/create?name=a HTTP/1.1\r\nHost: localhost\r\n"));
    CHECK_THAT(seen, ContainsSubstring("\r\nContent-Type: application/json\r\n"));
    CHECK_THAT(seen, ContainsSubstring("\r\nContent-Length: 2\r\n\r\n{}"));
}

TEST_CASE("a request that would forge a header line is refused") {
    asio::io_context context{1};
    Client client{UnixEndpoint{"/nowhere"}};
    const auto request = GENERATE(Request{.target = "/a\r\nX: y"}, Request{.target = "/a b"}, Request{.target = ""},
                                  Request{.method = "GET /"}, Request{.headers = {{"X", "a\r\nY: b"}}},
                                  Request{.headers = {{"X\n", "a"}}});
    CHECK(error_of(context, client.request(request)).fault() == Fault::usage);
}

TEST_CASE("requests after each other share one connection") {
    ScriptedServer server{{[](Peer& peer) {
        for (int i = 0; i < 3; ++i) {
            peer.read_request();
            peer.send(hello);
        }
    }}};
    asio::io_context context{1};
    Client client{UnixEndpoint{server.path()}};
    for (int i = 0; i < 2; ++i)
        CHECK(drive(context, client.request({})).body == "hello");
    CHECK(drive(context, rest_of(client, {})) == "hello");
}

TEST_CASE("a connection that the server is about to close is not used again") {
    const auto* const answer = "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 5\r\n\r\nhello";
    const auto stays = [answer](Peer& peer) {
        peer.read_request();
        peer.send(answer);
        peer.wait_for_close();
    };
    ScriptedServer server{{stays, stays}};
    asio::io_context context{1};
    Client client{UnixEndpoint{server.path()}};
    for (int i = 0; i < 2; ++i) // a POST would not be sent again on another connection
        CHECK(drive(context, client.request({.method = "POST"})).body == "hello");
}

TEST_CASE("a connection that the server dropped while idle is replaced silently") {
    std::atomic<bool> dropped = false;
    ScriptedServer server{{[&dropped](Peer& peer) {
                               peer.read_request();
                               peer.send(hello);
                               peer.close();
                               dropped = true;
                           },
                           answers(hello)}};
    asio::io_context context{1};
    Client client{UnixEndpoint{server.path()}};
    const auto* method = GENERATE("GET", "POST");
    drive(context, client.request({.method = method}));
    while (!dropped)
        std::this_thread::yield();
    CHECK(drive(context, client.request({.method = method})).body == "hello");
}

TEST_CASE("a server that hangs up on a reused connection gets an idempotent request again, and no other") {
    const auto hangs_up_on_the_second = [](Peer& peer) {
        peer.read_request();
        peer.send(hello);
        peer.read_request();
    };
    asio::io_context context{1};
    SECTION("DELETE is sent again") {
        ScriptedServer server{{hangs_up_on_the_second, answers(hello)}};
        Client client{UnixEndpoint{server.path()}};
        drive(context, client.request({}));
        CHECK(drive(context, client.request({.method = "DELETE"})).body == "hello");
    }
    SECTION("POST is not") {
        ScriptedServer server{{hangs_up_on_the_second}};
        Client client{UnixEndpoint{server.path()}};
        drive(context, client.request({}));
        const auto error = error_of(context, client.request({.method = "POST"}));
        CHECK(error.fault() == Fault::unreachable);
        CHECK_THAT(error.message(), ContainsSubstring(server.path()) && ContainsSubstring("closed the connection"));
    }
}

TEST_CASE("an answer that breaks off or breaks a limit is an error that says so") {
    const auto [wire, fault, words] = GENERATE(table<std::string, Fault, std::string>({
        {"", Fault::unreachable, "without an answer"},
        {"HTTP/1.1 200 OK\r\nContent-Le", Fault::unreachable, "in the middle of an answer"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", Fault::unreachable, "in the middle of an answer"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", Fault::unreachable,
         "in the middle of an answer"},
        {"HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n", Fault::internal,
         "header of more than 16384"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n" + std::string(300, 'x'), Fault::internal,
         "body of more than 100"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n12c\r\n" + std::string(300, 'x') + "\r\n0\r\n\r\n",
         Fault::internal, "body of more than 100"},
        {"220 smtp ready\r\n", Fault::internal, "does not speak HTTP"},
    }));
    ScriptedServer server{{answers(wire)}};
    asio::io_context context{1};
    Client client{UnixEndpoint{server.path()}};
    const auto error = error_of(context, client.request({.body_limit = 100}));
    CHECK(error.fault() == fault);
    CHECK_THAT(error.message(), ContainsSubstring(words) && ContainsSubstring(server.path()));
}

TEST_CASE("a server that does not answer in time is left") {
    const auto* start = GENERATE("", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel");
    ScriptedServer server{{[start](Peer& peer) {
        peer.read_request();
        peer.send(start);
        peer.wait_for_close();
    }}};
    asio::io_context context{1};
    Client client{UnixEndpoint{server.path()}};
    const auto error = error_of(context, client.request({.target = "/slow?secret=1", .deadline = 50ms}));
    CHECK(error.fault() == Fault::timed_out);
    CHECK_THAT(error.message(), ContainsSubstring("GET /slow") && !ContainsSubstring("secret"));
}

TEST_CASE("nobody listening is unreachable, with the path and the reason") {
    asio::io_context context{1};
    const auto [path, reason] = GENERATE(table<std::string, std::string>({
        {"/nonexistent/docker.sock", "No such file or directory"},
        {"/etc/hostname", "Connection refused"},
        {"/" + std::string(200, 'a'), "1 to 107 bytes"},
    }));
    Client client{UnixEndpoint{path}};
    const auto error = error_of(context, client.request({}));
    CHECK(error.fault() == Fault::unreachable);
    CHECK_THAT(error.message(), ContainsSubstring(path) && ContainsSubstring(reason));
    Client tcp{http::TcpEndpoint{"127.0.0.1", 1}};
    CHECK_THAT(error_of(context, tcp.request({})).message(),
               ContainsSubstring("http://127.0.0.1:1") && ContainsSubstring("refused"));
}

TEST_CASE("a streamed body arrives piece by piece, before its end is known") {
    std::atomic<bool> first_seen = false;
    ScriptedServer server{{[&first_seen](Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none\n\r\n");
        while (!first_seen)
            std::this_thread::yield();
        peer.send("4\r\ntwo\n\r\n0\r\n\r\n");
    }}};
    asio::io_context context{1};
    Client client{UnixEndpoint{server.path()}};
    const auto stream = drive(context, client.open({}));
    CHECK(stream->head().status == 200);
    CHECK(drive(context, stream->read_some()) == "one\n");
    first_seen = true;
    CHECK(drive(context, stream->read_some()) == "two\n");
    CHECK(drive(context, stream->read_some()).empty());
    CHECK(drive(context, stream->read_some()).empty());
}

TEST_CASE("waiting for more of a streamed body can be cancelled") {
    ScriptedServer server{{[](Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        peer.wait_for_close();
    }}};
    asio::io_context context{1};
    Client client{UnixEndpoint{server.path()}};
    const auto error = error_of(context, with_deadline(rest_of(client, {}), 50ms, "reading"));
    CHECK(error.fault() == Fault::timed_out);
}

TEST_CASE("an upgraded connection is handed over with the bytes that came early") {
    const auto* head = GENERATE("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n",
                                "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n");
    std::string seen;
    {
        ScriptedServer server{{[head, &seen](Peer& peer) {
            const auto request = peer.read_request();
            CHECK(request.find("\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n") != std::string::npos);
            peer.send(std::string{head} + "early");
            seen = peer.read_some();
        }}};
        asio::io_context context{1};
        Client client{UnixEndpoint{server.path()}};
        auto upgraded = drive(context, client.upgrade({.method = "POST", .target = "/attach"}));
        CHECK(upgraded.early == "early");
        REQUIRE(upgraded.socket.open());
        CHECK(::write(upgraded.socket.get(), "typed", 5) == 5);
    }
    CHECK(seen == "typed");
}

TEST_CASE("a refused upgrade keeps the server's reason") {
    ScriptedServer server{{answers("HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\n\r\nmissing")}};
    asio::io_context context{1};
    Client client{UnixEndpoint{server.path()}};
    const auto refused = drive(context, client.upgrade({.method = "POST"}));
    CHECK_FALSE(refused.socket.open());
    CHECK(refused.head.status == 404);
    CHECK(refused.head.body == "missing");
}

TEST_CASE("percent encoding leaves only what is safe in a query value") {
    CHECK(http::percent_encode("a-Z_0.9~") == "a-Z_0.9~");
    CHECK(http::percent_encode("{\"a b\":1}/ü") == "%7B%22a%20b%22%3A1%7D%2F%C3%BC");
}
