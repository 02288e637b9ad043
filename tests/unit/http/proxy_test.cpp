// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "http/client.hpp"
#include "http/proxy.hpp"
#include "http/tls.hpp"
#include "http/url.hpp"
#include "support/catch.hpp"
#include "support/drive.hpp"
#include "support/failure.hpp"
#include "support/tls_server.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <thread>

using namespace thv;
using asio::ip::tcp;
using http::proxy_from_environment;
using http::proxy_from_url;
using thv::test::error_of;

namespace {

/// A proxy for one connection: notes the request, answers, and then carries bytes both ways to the port `target`, if
/// that is not 0.
class OneTunnel {
public:
    OneTunnel(std::string answer, std::uint16_t target)
        : acceptor_(context_, {asio::ip::address_v4::loopback(), 0})
        , thread_([this, answer = std::move(answer), target] { serve(answer, target); }) {}
    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    std::string request() {
        thread_.join();
        return request_;
    }

private:
    void serve(const std::string& answer, std::uint16_t target) {
        auto client = acceptor_.accept();
        boost::system::error_code ended;
        asio::read_until(client, asio::dynamic_buffer(request_), "\r\n\r\n", ended);
        asio::write(client, asio::buffer(answer), ended);
        if (target == 0) return;
        tcp::socket server{context_};
        server.connect({asio::ip::address_v4::loopback(), target});
        std::jthread back{[&] { carry(server, client); }};
        carry(client, server);
    }
    static void carry(tcp::socket& from, tcp::socket& to) {
        std::array<char, 4096> chunk{};
        boost::system::error_code ended;
        while (const auto got = from.read_some(asio::buffer(chunk), ended))
            asio::write(to, asio::buffer(chunk, got), ended);
        to.shutdown(tcp::socket::shutdown_send, ended);
    }

    asio::io_context context_{1};
    tcp::acceptor acceptor_;
    std::string request_;
    std::jthread thread_;
};

} // namespace

TEST_CASE("a request goes through the proxy's tunnel with TLS inside") {
    const test::Authority authority{"a"};
    test::TlsServer server{{.identity = authority.sign({.names = "DNS:api.example"})}, {[](test::TlsPeer& peer) {
                               peer.read_request();
                               peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
                           }}};
    OneTunnel tunnel{"HTTP/1.1 200 Connection established\r\nX-Kind: a\r\n\r\n", server.port()};
    auto proxy = proxy_from_url("http://jo%65:p%40ss@127.0.0.1:" + std::to_string(tunnel.port()));
    {
        asio::io_context context{1};
        http::Client client{http::TlsEndpoint{.host = "api.example",
                                              .port = 6443,
                                              .tls = http::make_tls({.authorities = authority.certificate()}),
                                              .proxy = std::move(proxy)}};
        CHECK(test::drive(context, client.request({})).body == "hello");
    }
    const auto request = tunnel.request();
    CHECK_THAT(request, StartsWith("CONNECT api.example:6443 HTTP/1.1\r\nHost: api.example:6443\r\n"));
    CHECK_THAT(request, ContainsSubstring("\r\nProxy-Authorization: Basic am9lOnBAc3M=\r\n"));
}

TEST_CASE("a proxy that gives no tunnel is named with its reason") {
    const auto [answer, message, hint] = GENERATE(table<std::string, std::string, std::string>({
        {"HTTP/1.1 407 Who are you\r\nContent-Length: 3\r\n\r\nno!", "asks for a name and password", "NAME:PASSWORD"},
        {"HTTP/1.1 502 Bad Gateway\r\n\r\n", "refused to connect to api.example:443: status 502", ""},
        {"HTTP/1.1 200 OK\r\n\r\nmore", "sent more than its answer", ""},
        {"rubbish\r\n\r\n", "gave no answer", ""},
        {"", "gave no answer", ""},
    }));
    CAPTURE(answer);
    OneTunnel tunnel{answer, 0};
    const auto error = error_of([&] {
        asio::io_context context{1};
        http::Client client{
            http::TlsEndpoint{.host = "api.example", .proxy = http::HttpProxy{"127.0.0.1", tunnel.port()}}};
        test::drive(context, client.request({}));
    });
    CHECK(error.fault() == Fault::unreachable);
    CHECK_THAT(error.message(), StartsWith("the proxy http://127.0.0.1:"));
    CHECK_THAT(error.message(), ContainsSubstring(message));
    CHECK_THAT(error.hint(), ContainsSubstring(hint));
}

TEST_CASE("a proxy's URL gives its address and what it wants to be told") {
    const auto [url, host, port, authorization] = GENERATE(table<std::string, std::string, int, std::string>({
        {"http://p.example:3128", "p.example", 3128, ""},
        {"p.example:3128", "p.example", 3128, ""},
        {"http://p.example", "p.example", 80, ""},
        {"HTTP://[::1]:8080/", "::1", 8080, ""},
        {"http://me:@p.example", "p.example", 80, "Basic bWU6"},
    }));
    const auto proxy = proxy_from_url(url);
    CHECK(proxy.host == host);
    CHECK(proxy.port == port);
    CHECK(proxy.authorization == authorization);
}

TEST_CASE("proxies that cannot be used are refused without telling their password") {
    const auto [url, fault] = GENERATE(table<std::string, Fault>({
        {"https://me:secret@p.example", Fault::unsupported},
        {"socks5://me:secret@p.example:1080", Fault::unsupported},
        {"http://me:secret@", Fault::usage},
        {"http://me:secret@p.example:99999", Fault::usage},
        {"http://me:secret%zz@p.example", Fault::usage},
        {"http://me:secret @p.example", Fault::usage},
    }));
    CAPTURE(url);
    const auto error = error_of([&] { proxy_from_url(url); });
    CHECK(error.fault() == fault);
    CHECK(error.message().find("secret") == std::string::npos);
}

TEST_CASE("the environment's proxy is used, except for this machine and what NO_PROXY lists") {
    struct Case {
        std::string host;
        std::string no_proxy;
        bool used;
    };
    const auto [host, no_proxy, used] = GENERATE(values<Case>({
        {"api.example", "", true},
        {"api.example", "other.example, api2.example", true},
        {"api.example", "*", false},
        {"API.example", " api.EXAMPLE ", false},
        {"x.api.example", "api.example", false},
        {"xapi.example", "api.example", true},
        {"api.example", ".api.example", true},
        {"x.api.example", ".api.example", false},
        {"x.api.example", "*.api.example", false},
        {"api.example", "api.example:6443", false},
        {"api.example", "api.example:443", true},
        {"10.1.2.3", "10.0.0.0/8", false},
        {"11.1.2.3", "10.0.0.0/8", true},
        {"10.1.2.3", "10.1.2.3", false},
        {"10.1.2.3", "10.1.2.3:6443", false},
        {"10.1.2.3", "10.1.2.3:1", true},
        {"10.1.2.3", "10.0.0.0/99", true},
        {"fd00::1", "fd00::/8", false},
        {"fe00::1", "fd00::/8", true},
        {"fd00::1", "[fd00::1]:6443", false},
        {"fd00::1", "fd00:0::1", false},
        {"localhost", "", false},
        {"localhost.", "", false},
        {"127.0.0.2", "", false},
        {"::1", "", false},
    }));
    CAPTURE(host, no_proxy);
    const auto name = GENERATE("NO_PROXY", "no_proxy");
    const Environment environment{{{"HTTPS_PROXY", "http://p.example:3128"}, {name, no_proxy}}};
    CHECK(proxy_from_environment(environment, true, host, 6443).has_value() == used);
}

TEST_CASE("which variable names the proxy depends on the kind of server") {
    const Environment all{{{"HTTPS_PROXY", "upper"}, {"https_proxy", "lower"}, {"HTTP_PROXY", "plain"}}};
    CHECK(proxy_from_environment(all, true, "a.example", 443)->host == "upper");
    CHECK(proxy_from_environment(all, false, "a.example", 80)->host == "plain");
    const Environment lower{{{"https_proxy", "lower"}}};
    CHECK(proxy_from_environment(lower, true, "a.example", 443)->host == "lower");
    CHECK_FALSE(proxy_from_environment(lower, false, "a.example", 80));
}

TEST_CASE("a URL is taken apart") {
    const auto url = value_or_throw(http::parse_url("HTTPS://u%2f:p%3A@[fd00::1]:6443/k8s/c%201?a=b#frag"));
    CHECK(url.scheme == "https");
    CHECK(url.has_user);
    CHECK(url.user == "u/");
    CHECK(url.password == "p:");
    CHECK(url.host == "fd00::1");
    CHECK(url.port == 6443);
    CHECK(url.path == "/k8s/c%201");
    CHECK(url.query == "a=b");
}

TEST_CASE("what is no URL is refused") {
    const auto* const text = GENERATE("", "example.org", "://x", "1a://x", "http://", "http:///path", "http://:80",
                                      "http://[::1", "http://[x]/", "http://a:0", "http://a:70000", "http://a:8x",
                                      "http://a b", "http://a\n", "http://a{b}", "http://%61", "http://[::1]x:80");
    CAPTURE(text);
    CHECK_FALSE(http::parse_url(text));
}
