// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "http/address.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

using namespace thv;
using namespace thv::http;

TEST_CASE("the parts of a URL") {
    const auto [url, endpoint, target] = GENERATE(table<std::string, Endpoint, std::string>({
        {"http://127.0.0.1:8000/mcp", TcpEndpoint{"127.0.0.1", 8000}, "/mcp"},
        {"http://LOCALHOST", TcpEndpoint{"localhost", 80}, "/"},
        {"http://localhost:81?x=1", TcpEndpoint{"localhost", 81}, "/?x=1"},
        {"http://[::1]:8000/sse#name", TcpEndpoint{"::1", 8000}, "/sse"},
        {"https://api.example/a/mcp", TlsEndpoint{.host = "api.example", .port = 443}, "/a/mcp"},
        {"HTTPS://api.example:8443", TlsEndpoint{.host = "api.example", .port = 8443}, "/"},
    }));
    CAPTURE(url);
    const auto address = parse_address(url);
    REQUIRE(address);
    CHECK(address->endpoint == endpoint);
    CHECK(address->target == target);
}

TEST_CASE("what is no URL of a server is refused, and not quoted") {
    const auto url =
        GENERATE(as<std::string>{}, "", "fetch", "ftp://x/", "http://", "http://:80/", "http://h:0/", "http://h:99999/",
                 "http://h:1x/", "http://user:secret@h/", "http://[::1/", "http://h/a b", "http://h/\xc3\xbc");
    CAPTURE(url);
    const auto address = parse_address(url);
    REQUIRE_FALSE(address);
    CHECK(address.error().fault() == Fault::usage);
    CHECK_THAT(address.error().message(), !ContainsSubstring("secret"));
}

TEST_CASE("references lead to the same server or nowhere") {
    const auto [reference, target] = GENERATE(table<std::string, std::string>({
        {"/messages?x=1", "/messages?x=1"},
        {"messages", "/a/messages"},
        {"?s=1", "/a/sse?s=1"},
        {"./messages?x=./y", "/a/messages?x=./y"},
        {".", "/a/"},
        {"../m", "/m"},
        {"../../m", "/m"},
        {"/a/b/..", "/a/"},
        {"/a//b/", "/a//b/"},
        {"", "/a/sse?key=1"},
        {"#top", "/a/sse?key=1"},
        {"https://h:443/m", "/m"},
        {"https://H/m", "/m"},
        {"//h/m", "/m"},
        {"http://h/m", ""},
        {"https://h:444/m", ""},
        {"https://other/m", ""},
        {"//other/m", ""},
        {"ftp:x", ""},
        {"/a b", ""},
    }));
    CAPTURE(reference);
    const Address base{.endpoint = TlsEndpoint{.host = "h", .port = 443}, .target = "/a/sse?key=1"};
    const auto address = resolve(base, reference);
    CHECK((address ? address->target : "") == target);
    if (address) CHECK(address->endpoint == base.endpoint);
}

TEST_CASE("https is reached through the environment's proxy, with trust in the file that was named") {
    const Environment environment{{{"HTTPS_PROXY", "http://proxy:3128"}}};
    const auto https = reach("https://api.example/", {}, environment);
    const auto& endpoint = std::get<TlsEndpoint>(https.endpoint);
    REQUIRE(endpoint.proxy);
    CHECK(endpoint.proxy->host == "proxy");
    CHECK(endpoint.tls == nullptr);
    CHECK(reach("http://api.example/", {}, environment).endpoint == Endpoint{TcpEndpoint{"api.example", 80}});
    const test::TempFolder folder;
    test::spill(folder.path() / "ca.pem", "no certificate");
    CHECK_THROWS_AS(reach("https://x/", (folder.path() / "ca.pem").string(), environment), Error);
    CHECK_THROWS_AS(reach("https://x/", "/nowhere.pem", environment), Error);
}
