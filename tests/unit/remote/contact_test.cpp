// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "remote/contact.hpp"
#include "remote_site.hpp"

using namespace thv;
using namespace thv::test;

namespace {

std::optional<Error> failure_of(RemoteSite& site, Transport transport = Transport::streamable_http) {
    std::optional<Error> failure;
    try {
        drive(site.context, site.until_done(remote::greet(site.server(transport), 5s)));
    } catch (const Error& error) {
        failure = error;
    }
    return failure;
}

} // namespace

TEST_CASE("the first contact leaves no session at the server") {
    RemoteSite site{[](http::Visit& visit, const std::string&) {
        visit.answer(200, "Mcp-Session-Id: s\r\nContent-Type: application/json\r\n", "{}");
    }};
    CHECK_FALSE(failure_of(site));
    REQUIRE(site.lines.size() == 2);
    CHECK_THAT(site.lines[0], StartsWith("POST /a/mcp?k=1 {\"jsonrpc\""));
    CHECK(site.lines[1] == "DELETE /a/mcp?k=1 ");
    CHECK(site.authorizations == std::vector<std::string>{"Bearer t", "Bearer t"});
}

TEST_CASE("what a server says first tells whether it can serve") {
    const auto [status, body, fault] = GENERATE(table<int, std::string, std::optional<Fault>>({
        {200, "{}", std::nullopt},
        {400, R"({"jsonrpc":"2.0","error":{"code":-32022,"message":"newer only"}})", std::nullopt},
        {500, "{}", Fault::unsupported},
        {404, "nothing here", Fault::unsupported},
        {401, "", Fault::denied},
        {403, "", Fault::denied},
        {503, "", Fault::unreachable},
    }));
    CAPTURE(status);
    RemoteSite site{[code = status, text = body](http::Visit& visit, const std::string&) {
        visit.answer(code, "Content-Type: application/json\r\n", text);
    }};
    const auto failure = failure_of(site);
    CHECK(failure.has_value() == fault.has_value());
    if (failure && fault) CHECK(failure->fault() == *fault);
}

TEST_CASE("a server of HTTP+SSE has to send events") {
    RemoteSite events{[](http::Visit& visit, const std::string&) {
        visit.start(200, "Content-Type: text/event-stream\r\n");
        visit.send(": hi\n\n");
    }};
    CHECK_FALSE(failure_of(events, Transport::sse));
    CHECK_THAT(events.lines.front(), StartsWith("GET "));
    RemoteSite other{[](http::Visit& visit, const std::string&) { visit.answer(405, {}, ""); }};
    const auto failure = failure_of(other, Transport::sse);
    REQUIRE(failure);
    CHECK(failure->fault() == Fault::unsupported);
    CHECK_THAT(failure->hint(), ContainsSubstring("--transport streamable-http"));
}

TEST_CASE("redirects are followed within the server, with the method and the credentials") {
    RemoteSite site{[](http::Visit& visit, const std::string& line) {
        if (!line.contains("/new")) return visit.answer(307, "Location: /a/new?k=1\r\n", "");
        visit.answer(200, "Content-Type: application/json\r\n", "{}");
    }};
    CHECK_FALSE(failure_of(site));
    REQUIRE(site.lines.size() == 2);
    CHECK_THAT(site.lines[1], StartsWith("POST /a/new?k=1 {\"jsonrpc\""));
    CHECK(site.authorizations[1] == "Bearer t");

    RemoteSite elsewhere{[](http::Visit& visit, const std::string&) {
        visit.answer(307, "Location: https://evil.example/mcp\r\n", "");
    }};
    CHECK(failure_of(elsewhere)->fault() == Fault::denied);
    CHECK(elsewhere.lines.size() == 1);

    RemoteSite endless{[](http::Visit& visit, const std::string&) { visit.answer(302, "Location: /again\r\n", ""); }};
    CHECK(failure_of(endless)->fault() == Fault::unreachable);
    CHECK(endless.lines.size() == 6);
}

TEST_CASE("a look asks for nothing, and any answer but a gateway's is a sign of life") {
    const auto [status, troubled] =
        GENERATE(table<int, bool>({{200, false}, {405, false}, {501, false}, {404, false}, {502, true}, {401, true}}));
    CAPTURE(status);
    RemoteSite site{[code = status](http::Visit& visit, const std::string&) { visit.answer(code, {}, ""); }};
    std::optional<Error> trouble;
    const auto ask = [](RemoteSite& at, std::optional<Error>& into) -> Task<> {
        const auto server = at.server(Transport::streamable_http);
        into = co_await remote::look(std::make_shared<http::Client>(server.address.endpoint), server);
    };
    drive(site.context, site.until_done(ask(site, trouble)));
    CHECK(trouble.has_value() == troubled);
    CHECK(site.lines == std::vector<std::string>{"HEAD /a/mcp?k=1 "});
}
