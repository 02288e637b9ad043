// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "http/client.hpp"
#include "io/race.hpp"
#include "proxy/remote_frontend.hpp"
#include "remote_site.hpp"

using namespace thv;
using namespace thv::test;

namespace {

/// A remote server, the proxy in front of it, and a client.
struct Remote {
    explicit Remote(RemoteSite::Action action, const std::string& path = "/a/mcp?k=1",
                    Transport transport = Transport::streamable_http)
        : site(std::move(action))
        , frontend(site.context.get_executor(), config(path, transport),
                   Environment{{{"TOOLHIVE_HEALTH_CHECK_INTERVAL", "20ms"}}}, values) {
        frontend.bind();
    }
    RunConfig config(const std::string& path, Transport transport) const {
        RunConfig made;
        made.name = made.base_name = "r";
        made.remote_url = fmt::format("http://127.0.0.1:{}{}", site.port, path);
        made.transport = transport;
        remote::put(made, {.bearer_secret = "T"});
        return made;
    }
    Task<http::Response> send(http::Request request) {
        http::Client client{http::TcpEndpoint{"127.0.0.1", static_cast<std::uint16_t>(frontend.port())}};
        const auto answer = co_await client.request(std::move(request));
        co_return answer;
    }
    Task<> watch() {
        return frontend.watch(
            [this](const std::optional<Error>& trouble) { verdicts.push_back(trouble ? trouble->message() : "well"); });
    }
    Task<> until(std::function<bool()> condition) {
        while (!condition())
            co_await sleep_for(1ms);
    }
    void run(const std::function<Task<>(Remote&)>& work) {
        drive(site.context, site.until_done(closing(first_of(frontend.serve(), watch(), work(*this)))));
    }
    Task<> closing(Task<> task) {
        std::exception_ptr failure;
        try {
            co_await std::move(task);
        } catch (...) {
            failure = std::current_exception();
        }
        frontend.close();
        if (failure) std::rethrow_exception(failure);
    }

    RemoteSite site;
    secrets::EnvironmentValues values{Environment{{{"TOOLHIVE_SECRET_T", "t"}}}};
    proxy::RemoteFrontend frontend;
    std::vector<std::string> verdicts;
};

void well(http::Visit& visit, const std::string&) {
    visit.answer(200, "Content-Type: application/json\r\n", "{}");
}

} // namespace

TEST_CASE("a server that goes away is reported once, asked again, and reported when it is back") {
    Remote remote{well};
    remote.run([](Remote& at) -> Task<> {
        co_await at.until([&] { return !at.verdicts.empty(); });
        CHECK(at.verdicts == std::vector<std::string>{"well"});
        at.site.die();
        co_await at.until([&] { return at.verdicts.size() == 2; });
        CHECK_THAT(at.verdicts[1], ContainsSubstring("cannot connect"));
        const auto health = co_await at.send({.method = "GET", .target = "/health"});
        CHECK(health.status == 503);
        CHECK_THAT(health.body, ContainsSubstring("cannot connect"));
        at.site.rise();
        co_await at.until([&] { return at.verdicts.size() == 3; });
        CHECK(at.verdicts[2] == "well");
    });
}

TEST_CASE("clients' credentials stay here, ours go to the endpoint and nowhere else") {
    Remote remote{[](http::Visit& visit, const std::string& line) {
        const bool cookie = visit.header("cookie").has_value();
        visit.answer(200, "Content-Type: application/json\r\n", fmt::format("{} {}", line, cookie));
    }};
    remote.run([](Remote& at) -> Task<> {
        const http::Headers own{{"Authorization", "Bearer mine"}, {"Cookie", "mine"}};
        const auto endpoint = co_await at.send({.method = "POST", .target = "/a/mcp", .headers = own, .body = "x"});
        CHECK(endpoint.body == "POST /a/mcp?k=1 x false");
        CHECK(at.site.authorizations.back() == "Bearer t");
        const auto alias = co_await at.send({.method = "POST", .target = "/mcp?more=2", .headers = own, .body = "x"});
        CHECK(alias.body == "POST /a/mcp?k=1&more=2 x false");
        const auto other = co_await at.send({.method = "GET", .target = "/.well-known/x", .headers = own});
        CHECK(other.body == "GET /.well-known/x  false");
        CHECK(std::ranges::count(at.site.authorizations, "(none)") == 1);
        CHECK(std::ranges::count(at.site.authorizations, "Bearer mine") == 0);
    });
}

TEST_CASE("a server that does not accept our credentials is told apart, and its challenge stays here") {
    Remote remote{
        [](http::Visit& visit, const std::string&) { visit.answer(401, "WWW-Authenticate: Bearer\r\n", ""); }};
    remote.run([](Remote& at) -> Task<> {
        co_await at.until([&] { return !at.verdicts.empty(); });
        CHECK_THAT(at.verdicts[0], ContainsSubstring("does not accept our credentials"));
        const auto answer = co_await at.send({.method = "POST", .target = "/a/mcp", .body = "x"});
        CHECK(answer.status == 502);
        CHECK(answer.header("www-authenticate") == nullptr);
    });
}

TEST_CASE("where an SSE server sends messages to, they go with our credentials") {
    Remote remote{[](http::Visit& visit, const std::string& line) {
                      if (line.starts_with("POST")) return visit.answer(202, {}, "");
                      visit.start(200, "Content-Type: text/event-stream\r\n");
                      visit.send("event: endpoint\ndata: messages?s=1\n\n");
                  },
                  "/a/sse", Transport::sse};
    remote.run([](Remote& at) -> Task<> {
        http::Client client{http::TcpEndpoint{"127.0.0.1", static_cast<std::uint16_t>(at.frontend.port())}};
        for (const auto* path : {"/sse", "/a/sse"}) {
            const auto stream = co_await client.open({.method = "GET", .target = path});
            const auto event = co_await stream->read_some();
            CHECK(event == "event: endpoint\ndata: /a/messages?s=1\n\n");
        }
        const auto posted = co_await at.send({.method = "POST", .target = "/a/messages?s=1", .body = "x"});
        CHECK(posted.status == 202);
        const auto place = std::ranges::find(at.site.lines, "POST /a/messages?s=1 x");
        REQUIRE(place != at.site.lines.end());
        CHECK(at.site.authorizations[static_cast<std::size_t>(place - at.site.lines.begin())] == "Bearer t");
    });
}

TEST_CASE("the failure of one request is not the server's, unless it says that it is not there") {
    Remote remote{[](http::Visit& visit, const std::string& line) {
        if (line.contains("slip")) return visit.answer(500, {}, "");
        well(visit, line);
    }};
    remote.run([](Remote& at) -> Task<> {
        co_await at.until([&] { return !at.verdicts.empty(); });
        const auto answer = co_await at.send({.method = "POST", .target = "/a/mcp", .body = "slip"});
        CHECK(answer.status == 500);
        const auto looks = at.site.lines.size();
        co_await at.until([&] { return at.site.lines.size() > looks + 1; });
        CHECK(at.verdicts == std::vector<std::string>{"well"});
    });
}
