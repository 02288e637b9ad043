// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "support/catch.hpp"
#include "support/drive.hpp"
#include "support/scripted_server.hpp"
#include "support/temp_folder.hpp"
#include "support/tls_server.hpp"
#include "thv/mcp_http.hpp"

#include <fmt/format.h>

using namespace thv;
using namespace thv::commands;
using namespace std::chrono_literals;
using Json = nlohmann::ordered_json;
using test::Peer;
using test::ScriptedServer;

namespace {

constexpr auto hello =
    R"({"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-06-18","capabilities":{"tools":{}}}})";

std::string json_answer(const std::string& body, const std::string& headers = {}) {
    return fmt::format("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{}Content-Length: {}\r\n\r\n{}", headers,
                       body.size(), body);
}

const std::string accepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";

std::string stream_answer(const std::string& events) {
    return fmt::format("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: {}\r\n\r\n{}",
                       events.size(), events);
}

http::Address at(const ScriptedServer& server, std::string target = "/mcp") {
    return {.endpoint = http::UnixEndpoint{server.path()}, .target = std::move(target)};
}

Json body_of(const std::string& request) {
    return Json::parse(request.substr(request.find("\r\n\r\n") + 4));
}

/// Opens a session, asks once, closes it.
Task<Json> ask(http::Address address, bool sse) {
    auto opening = sse ? open_sse(std::move(address), 5s) : open_streamable(std::move(address), 5s);
    const auto session = co_await std::move(opening);
    auto result = co_await session->request("tools/list", Json::object());
    co_await session->close();
    co_return result;
}

Error failure_of(http::Address address, bool sse = false) {
    try {
        test::drive(ask(std::move(address), sse));
    } catch (const Error& error) {
        return error;
    }
    FAIL("it worked");
    return Error{Fault::internal, ""};
}

} // namespace

TEST_CASE("a streamable HTTP conversation: handshake, session, request, farewell") {
    std::vector<std::string> requests;
    ScriptedServer server{{[&](Peer& peer) {
        requests.push_back(peer.read_request());
        peer.send(json_answer(hello, "Mcp-Session-Id: s-1\r\n"));
        requests.push_back(peer.read_request());
        peer.send(accepted);
        requests.push_back(peer.read_request());
        peer.send(json_answer(R"({"jsonrpc":"2.0","id":2,"result":{"tools":[]}})"));
        requests.push_back(peer.read_request());
        peer.send(accepted);
    }}};
    CHECK(test::drive(ask(at(server), false)) == Json::parse(R"({"tools":[]})"));
    REQUIRE(requests.size() == 4);
    CHECK(body_of(requests[0])["method"] == "initialize");
    CHECK(body_of(requests[0])["params"]["protocolVersion"] == "2025-11-25");
    CHECK_THAT(requests[0], ContainsSubstring("Accept: application/json, text/event-stream\r\n"));
    CHECK_THAT(requests[0], !ContainsSubstring("Mcp-Session-Id"));
    CHECK(body_of(requests[1]) == Json::parse(R"({"jsonrpc":"2.0","method":"notifications/initialized"})"));
    CHECK_THAT(requests[2], ContainsSubstring("Mcp-Session-Id: s-1\r\n"));
    CHECK_THAT(requests[2], ContainsSubstring("MCP-Protocol-Version: 2025-06-18\r\n"));
    CHECK_THAT(requests[3], StartsWith("DELETE /mcp HTTP/1.1\r\n"));
}

TEST_CASE("an answer may come as an event stream, behind other messages") {
    std::string answer_to_ping;
    std::string answer_to_roots;
    ScriptedServer server{{[&](Peer& peer) {
                               peer.read_request();
                               peer.send(stream_answer(": hi\n\nid: 1\ndata:\n\ndata: " + std::string{hello} + "\n\n"));
                           },
                           [&](Peer& peer) {
                               peer.read_request();
                               peer.send(accepted);
                               peer.read_request();
                               peer.send(stream_answer(
                                   "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{}}\n\n"
                                   "data: {\"jsonrpc\":\"2.0\",\"id\":\"p\",\"method\":\"ping\"}\n\n"
                                   "data: {\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"roots/list\"}\n\n"
                                   "data: {\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{\"tools\":[1]}}\n\n"));
                           },
                           [&](Peer& peer) {
                               answer_to_ping = peer.read_request();
                               peer.send(accepted);
                               answer_to_roots = peer.read_request();
                               peer.send(accepted);
                           }}};
    CHECK(test::drive(ask(at(server), false)) == Json::parse(R"({"tools":[1]})"));
    CHECK(body_of(answer_to_ping) == Json::parse(R"({"jsonrpc":"2.0","id":"p","result":{}})"));
    CHECK(body_of(answer_to_roots)["error"]["code"] == -32601);
}

TEST_CASE("failures of a server have their own faults and never hang") {
    const auto [answer, fault, message] = GENERATE(table<std::string, Fault, std::string>({
        {"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", Fault::denied, "does not let us in (status 401)"},
        {"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", Fault::unsupported, "does not speak this transport"},
        {"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", Fault::unreachable, "status 503"},
        {json_answer("[]"), Fault::internal, "no JSON object"},
        {json_answer("{"), Fault::internal, "the server's message"},
        {json_answer(R"({"jsonrpc":"2.0","id":7,"result":{}})"), Fault::internal, "another request"},
        {json_answer(R"({"jsonrpc":"2.0","id":1,"result":3})"), Fault::internal, "has no result"},
        {json_answer(R"({"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"bad\u001b[2J"}})"), Fault::internal,
         "the server refused initialize: bad?[2J (-32602)"},
        {json_answer(R"({"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"1999-01-01"}})"), Fault::unsupported,
         "revision '1999-01-01'"},
        {stream_answer("data: {\"jsonrpc\":\"2.0\",\"method\":\"x\"}\n\n"), Fault::unreachable, "before the result"},
        {"", Fault::unreachable, ""},
    }));
    ScriptedServer server{{[&](Peer& peer) {
        peer.read_request();
        peer.send(answer);
    }}};
    const auto error = failure_of(at(server));
    CHECK(error.fault() == fault);
    CHECK_THAT(error.message(), ContainsSubstring(message));
}

TEST_CASE("a server that says nothing is waited for, not for ever") {
    ScriptedServer server{{[](Peer& peer) {
        peer.read_request();
        peer.wait_for_close();
    }}};
    const auto opening = [&]() -> Task<> { const auto session = co_await open_streamable(at(server), 50ms); };
    try {
        test::drive(opening());
        FAIL("it worked");
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::timed_out);
    }
}

TEST_CASE("an SSE conversation: the stream names the place for messages and carries the answers") {
    std::vector<std::string> requests;
    const auto result = std::string{R"({"jsonrpc":"2.0","id":2,"result":{"tools":[]}})"};
    // The scripts are played one after the other, so the stream holds everything from the beginning.
    ScriptedServer server{{[&](Peer& peer) {
                               requests.push_back(peer.read_request());
                               peer.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
                                         "event: endpoint\ndata: /messages?session=1\n\n" +
                                         fmt::format("event: message\ndata: {}\n\ndata: {}\n\n", hello, result));
                           },
                           [&](Peer& peer) {
                               for (int count = 0; count < 3; ++count) {
                                   requests.push_back(peer.read_request());
                                   peer.send(accepted);
                               }
                           }}};
    CHECK(test::drive(ask(at(server, "/sse"), true)) == Json::parse(R"({"tools":[]})"));
    REQUIRE(requests.size() == 4);
    CHECK_THAT(requests[0], StartsWith("GET /sse HTTP/1.1\r\n"));
    CHECK_THAT(requests[1], StartsWith("POST /messages?session=1 HTTP/1.1\r\n"));
    CHECK(body_of(requests[3])["method"] == "tools/list");
}

TEST_CASE("an SSE server that ends its stream, or begins it wrongly, is a failure") {
    const auto [answer, fault, message] = GENERATE(table<std::string, Fault, std::string>({
        {stream_answer("event: endpoint\ndata: /m\n\n"), Fault::unreachable, "ended its event stream"},
        {stream_answer("data: /m\n\n"), Fault::internal, "where to send messages"},
        {json_answer("{}"), Fault::unsupported, "sends no event stream"},
        {"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n", Fault::unsupported, "status 405"},
    }));
    ScriptedServer server{{[&](Peer& peer) {
                               peer.read_request();
                               peer.send(answer);
                           },
                           [&](Peer& peer) {
                               peer.read_request();
                               peer.send(accepted);
                           }}};
    const auto error = failure_of(at(server, "/sse"), true);
    CHECK(error.fault() == fault);
    CHECK_THAT(error.message(), ContainsSubstring(message));
}

TEST_CASE("an SSE server may not send our messages elsewhere") {
    const auto place = GENERATE(as<std::string>{}, "http://evil.example/messages", "//evil.example/x", "ftp://x/y");
    ScriptedServer server{{[&](Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nevent: endpoint\ndata: " + place + "\n\n");
        peer.wait_for_close();
    }}};
    CHECK(failure_of(at(server, "/sse"), true).fault() == Fault::denied);
}

TEST_CASE("a dialer refuses what is no URL of an MCP server, and says how one looks") {
    const auto url = GENERATE(as<std::string>{}, "ftp://x/", "http://", "http://u:secret@h/", "http://h/a b");
    CAPTURE(url);
    HttpDialer dialer{Environment{}};
    try {
        test::drive(dialer.open({.url = url, .patience = 1s}));
        FAIL("it worked");
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::usage);
        CHECK_FALSE(error.hint().empty());
    }
}

TEST_CASE("a server behind https is dialled with trust in the given authorities only") {
    const test::Authority authority{"ours"};
    const test::Authority other{"theirs"};
    test::TempFolder folder;
    test::spill(folder.path() / "ours.pem", authority.certificate());
    test::spill(folder.path() / "theirs.pem", other.certificate());
    const auto script = [](test::TlsPeer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
    };
    test::TlsServer server{{.identity = authority.sign()}, {script, script}};
    const auto failure = [&](const char* file) {
        HttpDialer dialer{Environment{}};
        try {
            test::drive(dialer.open({.url = fmt::format("https://127.0.0.1:{}/mcp", server.port()),
                                     .mode = ProxyMode::streamable_http,
                                     .patience = 5s,
                                     .ca_file = (folder.path() / file).string()}));
        } catch (const Error& error) {
            return error;
        }
        return Error{Fault::internal, "it worked"};
    };
    CHECK(failure("theirs.pem").fault() == Fault::unreachable);
    CHECK(failure("ours.pem").fault() == Fault::denied);
    CHECK_THAT(failure("none.pem").message(), ContainsSubstring("there is no file"));
}
