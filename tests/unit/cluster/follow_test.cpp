// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/observed.hpp"
#include "cluster/query.hpp"
#include "io/deadline.hpp"
#include "io/event.hpp"
#include "io/race.hpp"
#include "support/catch.hpp"
#include "support/cluster_objects.hpp"
#include "support/scripted_api.hpp"

#include <algorithm>

using namespace thv;
using namespace thv::cluster;
using namespace thv::test;

namespace {

using Texts = std::vector<std::string>;

std::string text_of(const Change& change) {
    const auto* sign = change.kind == Change::Kind::appeared  ? "+ "
                       : change.kind == Change::Kind::changed ? "~ "
                                                              : "- ";
    return sign + summary(change.workload);
}

struct Recorder {
    Texts told;
    ChangeSink sink() {
        return [this](const Change& change) { told.push_back(text_of(change)); };
    }
    Texts take() { return std::exchange(told, {}); }
};

/// Watches until so many changes have been told; fails after twenty seconds.
Task<> until(Api& api, Filter filter, Texts& told, std::size_t count) {
    const auto executor = co_await asio::this_coro::executor;
    Event enough{executor};
    cluster::Query query{api};
    const auto sink = [&](const Change& change) {
        told.push_back(text_of(change));
        if (told.size() >= count) enough.set();
    };
    co_await with_deadline(first_of(query.watch(std::move(filter), sink), enough.wait()), std::chrono::seconds{20},
                           "watching");
}

Texts watch(ScriptedApi& server, std::size_t count, Filter filter = {}) {
    Texts told;
    server.run(until(server.api(), std::move(filter), told, count));
    return told;
}

/// Empty lists and silent watches for everything that a test does not script.
void rest_is_silence(ScriptedApi& server) {
    server.always("watch=true", events_and_silence({}));
    server.always("", page({}));
}

std::string gone(const std::string& version) {
    return R"({"type": "ERROR", "object": {"kind": "Status", "code": 410, "message": ")" + version +
           R"( is too old"}})";
}

} // namespace

TEST_CASE("what is watched tells only differences, and servers in the light of their pods") {
    Recorder recorder;
    Observed observed{{}, recorder.sink()};
    observed.put("StatefulSet", stateful_set("a/x", 0, 1));
    CHECK(recorder.take().empty());
    observed.put("MCPServer", object("a/x"));
    CHECK(recorder.take() == Texts{"+ a/x MCPServer unhealthy 0/1"});
    observed.put("MCPServer", object("a/x"));
    observed.put("StatefulSet", stateful_set("a/x", 0, 1));
    CHECK(recorder.take().empty());
    observed.put("StatefulSet", stateful_set("a/x", 1, 1));
    CHECK(recorder.take() == Texts{"~ a/x MCPServer running 1/1"});
    observed.drop("StatefulSet", stateful_set("a/x", 1, 1));
    CHECK(recorder.take() == Texts{"~ a/x MCPServer running"});
    observed.put("MCPRemoteProxy", remote("a/x"));
    observed.drop("MCPServer", object("a/x"));
    observed.drop("MCPServer", object("a/x"));
    observed.drop("MCPServer", Json::array());
    CHECK(recorder.take() == Texts{"+ a/x MCPRemoteProxy running", "- a/x MCPServer running"});
}

TEST_CASE("a workload that leaves the group that is watched is gone, and comes back as new") {
    Recorder recorder;
    Filter filter;
    filter.group = "web";
    Observed observed{filter, recorder.sink()};
    observed.put("MCPServer", object("a/x", "other"));
    CHECK(recorder.take().empty());
    observed.put("MCPServer", object("a/x", "web"));
    observed.put("MCPServer", object("a/x", "other"));
    observed.put("MCPServer", object("a/x", "web"));
    CHECK(recorder.take() == Texts{"+ a/x MCPServer running", "- a/x MCPServer running", "+ a/x MCPServer running"});
}

TEST_CASE("a new listing tells what is gone since the last one, of its kind only") {
    Recorder recorder;
    Observed observed{{}, recorder.sink()};
    observed.put("MCPServer", object("a/old"));
    observed.put("MCPServer", object("a/kept"));
    observed.put("MCPRemoteProxy", remote("a/other"));
    observed.put("StatefulSet", stateful_set("a/kept", 1, 1));
    recorder.take();
    observed.begin("MCPServer");
    observed.put("MCPServer", object("a/kept"));
    observed.put("MCPServer", object("a/new"));
    observed.end("MCPServer");
    CHECK(recorder.take() == Texts{"+ a/new MCPServer running", "- a/old MCPServer running"});
    observed.begin("StatefulSet");
    observed.end("StatefulSet");
    CHECK(recorder.take() == Texts{"~ a/kept MCPServer running"});
}

TEST_CASE("watching begins with what is there and goes on from the versions of the lists") {
    ScriptedApi server;
    server.on("/mcpservers?limit", {page({object("tools/a")}, "", "41")});
    server.on("/mcpremoteproxies?limit", {page({remote("tools/p")}, "", "42")});
    server.on("/mcpservers?watch", {events_and_silence({event("MODIFIED", object("tools/a", "", "Failed"))})});
    server.on("/mcpremoteproxies?watch", {events_and_silence({event("DELETED", remote("tools/p"))})});
    rest_is_silence(server);
    auto told = watch(server, 4);
    CHECK(Texts(told.begin(), told.begin() + 2) ==
          Texts{"+ tools/a MCPServer running", "+ tools/p MCPRemoteProxy running"});
    std::ranges::sort(told);
    CHECK(Texts(told.begin() + 2, told.end()) ==
          Texts{"- tools/p MCPRemoteProxy running", "~ tools/a MCPServer error"});
    CHECK_THAT(server.targets("/mcpservers?watch").front(), ContainsSubstring("resourceVersion=41"));
    CHECK_THAT(server.targets("/mcpremoteproxies?watch").front(), ContainsSubstring("resourceVersion=42"));
}

TEST_CASE("a watch that ends goes on from its last bookmark without listing again") {
    ScriptedApi server;
    const std::string bookmark = R"({"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": "77"}}})";
    server.on("/mcpservers?watch", {events({bookmark}), events_and_silence({event("ADDED", object("tools/late"))})});
    rest_is_silence(server);
    CHECK(watch(server, 1) == Texts{"+ tools/late MCPServer running"});
    CHECK(server.targets("/mcpservers?limit").size() == 1);
    CHECK_THAT(server.targets("/mcpservers?watch").back(), ContainsSubstring("resourceVersion=77"));
}

TEST_CASE("what happened while the version expired is told after listing again") {
    ScriptedApi server;
    server.on("/mcpservers?limit",
              {page({object("tools/a"), object("tools/b")}), page({object("tools/b"), object("tools/c")}, "", "99")});
    server.on("/mcpservers?watch", {events({gone("10")})});
    rest_is_silence(server);
    CHECK(watch(server, 4) == Texts{"+ tools/a MCPServer running", "+ tools/b MCPServer running",
                                    "+ tools/c MCPServer running", "- tools/a MCPServer running"});
}

TEST_CASE("an outage is outlived") {
    const auto outage =
        GENERATE(values<Answer>({status(503, ""), status(500, ""), status(429, "", "Retry-After: 3600\r\n"),
                                 status(404, "404 page not found\n"), json("<html>"), truncated("")}));
    ScriptedApi server;
    server.on("/mcpservers?limit", {page({object("tools/a")})});
    // As often as one request is repeated before its failure is told, and once more.
    server.on("/mcpservers?watch", {outage, outage});
    server.always("/mcpservers?limit", page({object("tools/a", "", "Failed")}));
    server.always("/mcpservers?watch", events_and_silence({event("MODIFIED", object("tools/a", "", "Failed"))}));
    rest_is_silence(server);
    CHECK(watch(server, 2) == Texts{"+ tools/a MCPServer running", "~ tools/a MCPServer error"});
}

TEST_CASE("a server that comes back and has not read its rules yet is asked again") {
    ScriptedApi server;
    server.on("/mcpservers?limit", {page({object("tools/a")})});
    server.on("/mcpservers?watch", {truncated(""), truncated(""), refuses(403, "Forbidden", "not yet")});
    server.always("/mcpservers?limit", page({object("tools/a", "", "Failed")}));
    server.always("/mcpservers?watch", events_and_silence({event("MODIFIED", object("tools/a", "", "Failed"))}));
    rest_is_silence(server);
    CHECK(watch(server, 2) == Texts{"+ tools/a MCPServer running", "~ tools/a MCPServer error"});
}

TEST_CASE("rights that are taken away end a watch") {
    ScriptedApi server;
    const auto code = GENERATE(401, 403);
    server.on("/mcpremoteproxies?watch", {refuses(code, "No", "no more")});
    rest_is_silence(server);
    try {
        watch(server, 1);
        FAIL("nothing was thrown");
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::denied);
    }
}

TEST_CASE("what fails at the very start of watching is told, but for kinds that can be done without") {
    struct Row {
        const char* what;
        Answer answer;
        bool fails;
    };
    const auto unknown = status(404, "404 page not found\n");
    const auto forbidden = refuses(403, "Forbidden", "no");
    const auto row = GENERATE_COPY(values<Row>({{"/mcpservers?limit", unknown, true},
                                                {"/mcpservers?limit", forbidden, true},
                                                {"/mcpservers?limit", refuses(500, "X", "ill"), true},
                                                {"/mcpremoteproxies?limit", unknown, false},
                                                {"/mcpserverentries?limit", forbidden, false},
                                                {"/mcpserverentries?limit", refuses(500, "X", "ill"), true},
                                                {"/statefulsets?limit", forbidden, false},
                                                {"/statefulsets?limit", unknown, true}}));
    ScriptedApi server;
    server.always(row.what, row.answer);
    server.on("/mcpservers?watch", {events_and_silence({event("ADDED", object("tools/a"))})});
    server.always("GET /apis/toolhive.stacklok.dev/v1beta1/", page({}));
    server.always("GET /apis/toolhive.stacklok.dev", json(R"({"versions": [{"version": "v1beta1"}]})"));
    rest_is_silence(server);
    if (row.fails)
        CHECK_THROWS_AS(watch(server, 1), Error);
    else
        CHECK(watch(server, 1) == Texts{"+ tools/a MCPServer running"});
}

TEST_CASE("a server that ends every watch at once is not asked as fast as it answers") {
    ScriptedApi server;
    server.always("/mcpservers?watch", events({}));
    server.always("/statefulsets?watch", [&](http::Visit& visit) {
        visit.start(200, "");
        visit.send("");
    });
    rest_is_silence(server);
    Texts told;
    CHECK_THROWS_AS(
        server.run(with_deadline(until(server.api(), {}, told, 1), std::chrono::milliseconds{1200}, "watching")),
        Error);
    CHECK(server.targets("/mcpservers?watch").size() <= 3);
}
