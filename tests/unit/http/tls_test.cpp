// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "http/client.hpp"
#include "http/tls.hpp"
#include "support/catch.hpp"
#include "support/drive.hpp"
#include "support/failure.hpp"
#include "support/tls_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <openssl/ssl.h>

#include <algorithm>
#include <atomic>
#include <optional>

using namespace thv;
using namespace std::chrono_literals;
using http::Client;
using http::TlsEndpoint;
using http::TlsOptions;
using test::Authority;
using test::drive;
using test::Subject;
using test::TlsPeer;
using test::TlsServer;

namespace {

constexpr auto hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

void greet(TlsPeer& peer) {
    while (!peer.read_request().empty())
        peer.send(hello);
}

TlsEndpoint endpoint_of(const TlsServer& server, TlsOptions options, std::string name = {}) {
    return {.host = "127.0.0.1",
            .port = server.port(),
            .server_name = std::move(name),
            .tls = http::make_tls(std::move(options))};
}

std::string body_of(const TlsEndpoint& endpoint, http::Request request = {}) {
    asio::io_context context{1};
    Client client{endpoint};
    return drive(context, client.request(std::move(request))).body;
}

Error error_of(const TlsEndpoint& endpoint, http::Request request = {}) {
    return test::error_of([&] { body_of(endpoint, std::move(request)); });
}

const Authority& authority() {
    static const Authority made{"thv test authority"};
    return made;
}

TlsOptions trusting() {
    return {.authorities = authority().certificate()};
}

} // namespace

TEST_CASE("an answer comes over TLS from a server whose certificate the given CA has signed") {
    const auto [names, name, sni] = GENERATE(table<std::string, std::string, std::string>({
        {"IP:127.0.0.1", "", ""},
        {"DNS:api.example.org", "api.example.org", "api.example.org"},
        {"DNS:*.example.org", "api.example.org.", "api.example.org"},
        {"IP:::1", "::1", ""},
    }));
    const auto newest = GENERATE(0, TLS1_2_VERSION);
    std::string seen;
    {
        TlsServer server{{.identity = authority().sign({.names = names}), .newest = newest}, {[&seen](TlsPeer& peer) {
                             greet(peer);
                             seen = peer.server_name();
                         }}};
        CHECK(body_of(endpoint_of(server, trusting(), name), {.target = "/x"}) == "hello");
    }
    CHECK(seen == sni);
}

TEST_CASE("a certificate that is not good is refused with the reason in words") {
    const Authority other{"somebody else"};
    struct Case {
        Subject subject;
        std::string name;
        std::string message;
        std::string hint;
    };
    const auto wrong = GENERATE_REF(values<Case>({
        {{.from = -48h, .to = -24h}, "", "expired on 20", "clock"},
        {{.from = 24h, .to = 48h}, "", "becomes valid only on 20", "clock"},
        {{.names = "DNS:a.example,IP:::1"}, "", "is for other names (a.example, ::1), not for 127.0.0.1", "names"},
        {{.names = ""}, "thv test", "names no server", "names"},
        {{.names = "DNS:f*.example.org"}, "foo.example.org", "is for other names", "names"},
        {{.names = "DNS:1,DNS:2,DNS:3,DNS:4,DNS:5,DNS:6"}, "", "(1, 2, 3, 4, 5, …)", "names"},
    }));
    TlsServer server{{.identity = authority().sign(wrong.subject)}, {greet}};
    const auto error = error_of(endpoint_of(server, trusting(), wrong.name));
    CHECK(error.fault() == Fault::unreachable);
    CHECK_THAT(error.message(), StartsWith("the certificate of https://127.0.0.1:"));
    CHECK_THAT(error.message(), ContainsSubstring(wrong.message));
    CHECK_THAT(error.hint(), ContainsSubstring(wrong.hint));
}

TEST_CASE("a certificate of another authority is refused, and the message tells whose word was wanted") {
    const Authority other{"somebody else"};
    const auto identity = other.sign();
    TlsServer server{{.identity = identity}, {greet, greet}};
    CHECK_THAT(error_of(endpoint_of(server, trusting())).message(), ContainsSubstring("is not signed by the given CA"));
    CHECK_THAT(error_of(endpoint_of(server, {})).message(),
               ContainsSubstring("is not signed by an authority that this system trusts"));
}

TEST_CASE("a server's own certificate can be what is trusted") {
    const auto identity = authority().sign();
    TlsServer server{{.identity = identity}, {greet}};
    CHECK(body_of(endpoint_of(server, {.authorities = identity.certificate})) == "hello");
}

TEST_CASE("insecure accepts any certificate") {
    const Authority other{"somebody else"};
    TlsServer server{{.identity = other.sign({.names = "DNS:x", .from = -48h, .to = -24h})}, {greet}};
    CHECK(body_of(endpoint_of(server, {.insecure = true})) == "hello");
}

TEST_CASE("a server that asks for a client certificate gets it") {
    std::string client_name;
    {
        TlsServer server{{.identity = authority().sign(), .client_authority = authority().certificate()},
                         {[&](TlsPeer& peer) {
                             client_name = peer.client();
                             greet(peer);
                         }}};
        const auto own = authority().sign();
        auto options = trusting();
        options.certificate = own.certificate;
        options.key = own.key;
        CHECK(body_of(endpoint_of(server, options)) == "hello");
    }
    CHECK(client_name == "thv test");
}

TEST_CASE("a server that wants a client certificate and gets none is quoted in words") {
    const auto newest = GENERATE(0, TLS1_2_VERSION);
    TlsServer server{{.identity = authority().sign(), .client_authority = authority().certificate(), .newest = newest},
                     {greet}};
    const auto error = error_of(endpoint_of(server, trusting()));
    CHECK(error.fault() == Fault::unreachable);
    CHECK_THAT(error.message(), ContainsSubstring("client certificate"));
}

TEST_CASE("versions of TLS before 1.2 are not spoken") {
    TlsServer server{{.identity = authority().sign(), .newest = TLS1_1_VERSION}, {greet}};
    const auto error = error_of(endpoint_of(server, trusting()));
    CHECK(error.fault() == Fault::unreachable);
    CHECK_THAT(error.message(), ContainsSubstring("1.2"));
}

TEST_CASE("several requests use one connection") {
    const auto newest = GENERATE(0, TLS1_2_VERSION);
    TlsServer server{{.identity = authority().sign(), .newest = newest}, {greet, greet}};
    asio::io_context context{1};
    {
        Client client{endpoint_of(server, trusting())};
        for (int i = 0; i < 5; ++i)
            CHECK(drive(context, client.request({})).body == "hello");
    }
    CHECK(server.accepted() == 1);
}

TEST_CASE("session tickets that arrive while a connection is idle do not end its use") {
    TlsServer server{{.identity = authority().sign()}, {[](TlsPeer& peer) {
                         peer.read_request();
                         peer.send(hello);
                         peer.send_ticket();
                         greet(peer);
                     }}};
    asio::io_context context{1};
    Client client{endpoint_of(server, trusting())};
    CHECK(drive(context, client.request({})).body == "hello");
    CHECK(drive(context, client.request({.method = "POST"})).body == "hello");
    CHECK(server.accepted() == 1);
}

TEST_CASE("an idle connection that the server has ended is replaced") {
    const bool polite = GENERATE(true, false);
    std::atomic<bool> ended = false;
    TlsServer server{{.identity = authority().sign()},
                     {[&](TlsPeer& peer) {
                          peer.read_request();
                          peer.send(hello);
                          if (polite) peer.farewell();
                          ended = true;
                      },
                      greet}};
    asio::io_context context{1};
    Client client{endpoint_of(server, trusting())};
    CHECK(drive(context, client.request({})).body == "hello");
    while (!ended)
        std::this_thread::yield();
    CHECK(drive(context, client.request({})).body == "hello");
    CHECK(server.accepted() == 2);
}

TEST_CASE("a body that only the end of the connection ends is complete only after TLS's farewell") {
    const bool polite = GENERATE(true, false);
    TlsServer server{{.identity = authority().sign()}, {[&](TlsPeer& peer) {
                         peer.read_request();
                         peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhalf");
                         if (polite) peer.farewell();
                     }}};
    const auto endpoint = endpoint_of(server, trusting());
    if (polite) {
        CHECK(body_of(endpoint) == "half");
    } else {
        const auto error = error_of(endpoint);
        CHECK(error.fault() == Fault::unreachable);
        CHECK_THAT(error.message(), ContainsSubstring("in the middle of an answer"));
    }
}

TEST_CASE("a body with a length is complete without a farewell, and an error when it is cut off") {
    const auto [wire, message] = GENERATE(table<std::string, std::string>({
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", ""},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", ""},
        {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", "in the middle of an answer"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "in the middle of an answer"},
        {"HTTP/1.1 200 OK\r\nContent-", "in the middle of an answer"},
        {"", "closed the connection without an answer"},
    }));
    CAPTURE(wire);
    TlsServer server{{.identity = authority().sign()}, {[&wire](TlsPeer& peer) {
                         peer.read_request();
                         if (!wire.empty()) peer.send(wire);
                     }}};
    const auto endpoint = endpoint_of(server, trusting());
    if (message.empty()) {
        CHECK(body_of(endpoint) == "hello");
    } else {
        CHECK_THAT(error_of(endpoint, {.method = "POST"}).message(), ContainsSubstring(message));
    }
}

TEST_CASE("an endless answer is given up at its limit") {
    TlsServer server{{.identity = authority().sign()}, {[](TlsPeer& peer) {
                         peer.read_request();
                         const std::string piece(1U << 20U, 'x');
                         peer.send("HTTP/1.1 200 OK\r\n\r\n");
                         while (peer.send(piece)) {
                         }
                     }}};
    const auto error = error_of(endpoint_of(server, trusting()), {.body_limit = 3U << 20U});
    CHECK(error.fault() == Fault::internal);
    CHECK_THAT(error.message(), ContainsSubstring("more than 3145728 bytes"));
}

namespace {

/// Reads to the end; the most bytes that the server was ahead of the reader.
Task<std::size_t> read_through(Client& client, const std::atomic<std::size_t>& sent) {
    const auto stream = co_await client.open({});
    std::size_t total = 0;
    std::size_t ahead = 0;
    for (;;) {
        const auto piece = co_await stream->read_some();
        if (piece.empty()) co_return ahead;
        total += piece.size();
        ahead = std::max(ahead, sent - std::min(total, sent.load()));
    }
}

} // namespace

TEST_CASE("a long stream is taken from the server only as fast as it is read") {
    constexpr std::size_t size = 128U << 20U;
    std::atomic<std::size_t> sent = 0;
    TlsServer server{{.identity = authority().sign()}, {[&sent](TlsPeer& peer) {
                         peer.read_request();
                         const std::string piece(1U << 20U, 'x');
                         peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n");
                         while (sent < size && peer.send(piece))
                             sent += piece.size();
                     }}};
    asio::io_context context{1};
    Client client{endpoint_of(server, trusting())};
    CHECK(drive(context, read_through(client, sent)) < size / 4);
    CHECK(sent == size);
}

TEST_CASE("a deadline covers the handshake") {
    // A TCP listener that never says a word: the kernel accepts for it.
    asio::io_context context{1};
    asio::ip::tcp::acceptor silent{context, {asio::ip::address_v4::loopback(), 0}};
    Client client{TlsEndpoint{.host = "127.0.0.1", .port = silent.local_endpoint().port()}};
    try {
        drive(context, client.request({.deadline = 100ms}));
        FAIL("nothing was thrown");
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::timed_out);
    }
}

TEST_CASE("a connection over TLS cannot be taken over") {
    asio::io_context context{1};
    Client client{TlsEndpoint{.host = "127.0.0.1", .port = 1}};
    try {
        drive(context, client.upgrade({}));
        FAIL("nothing was thrown");
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::unsupported);
    }
}

TEST_CASE("unusable certificates and keys are named without being quoted") {
    const auto own = authority().sign();
    const auto other = authority().sign();
    const auto [authorities, certificate, key, message] =
        GENERATE_COPY(table<std::optional<std::string>, std::string, std::string, std::string>({
            {"rubbish", "", "", "the CA certificate holds no certificate"},
            {"", "", "", "the CA certificate holds no certificate"},
            {own.key, "", "", "the CA certificate holds no certificate"},
            {"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "", "", "the CA certificate is not"},
            {std::nullopt, "rubbish", own.key, "the client certificate holds no certificate"},
            {std::nullopt, own.certificate, "", "has no key"},
            {std::nullopt, own.certificate, "rubbish", "the client key is not"},
            {std::nullopt, own.certificate, other.key, "does not belong"},
            {std::nullopt, own.certificate, "-----BEGIN ENCRYPTED PRIVATE KEY-----\n", "encrypted"},
        }));
    CAPTURE(message);
    try {
        http::make_tls({.authorities = authorities, .certificate = certificate, .key = key});
        FAIL("nothing was thrown");
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::usage);
        CHECK_THAT(error.message(), ContainsSubstring(message));
        CHECK(error.message().find("rubbish") == std::string::npos);
    }
}
