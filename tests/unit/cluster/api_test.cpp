// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/api.hpp"
#include "io/environment.hpp"
#include "support/catch.hpp"
#include "support/drive.hpp"
#include "support/failure.hpp"
#include "support/scripted_api.hpp"
#include "support/tls_server.hpp"

#include <fmt/format.h>

#include <optional>

using namespace thv;
using namespace thv::cluster;
using namespace thv::test;

namespace {

Place fetch() {
    return {.resource = mcp_servers, .name_space = "tools", .name = "fetch"};
}

constexpr auto fetch_path = "/apis/toolhive.stacklok.dev/v1beta1/namespaces/tools/mcpservers/fetch";
constexpr auto object = R"({"kind": "MCPServer", "metadata": {"name": "fetch", "managedFields": [{}]}})";
const auto not_found = R"("details": {"name": "fetch", "kind": "mcpservers"})";

template <typename T>
Error error_of(ScriptedApi& server, Task<T> task) {
    return test::error_of([&] { server.run(std::move(task)); });
}

} // namespace

TEST_CASE("an object is asked for at its path, and comes without managed fields") {
    ScriptedApi server;
    server.on("GET", {json(object), json(object)});
    CHECK(server.run(server.api().get(fetch())) ==
          Json::parse(R"({"kind": "MCPServer", "metadata": {"name": "fetch"}})"));
    CHECK(server.run(server.api().get(fetch(), true)) == Json::parse(object));
    CHECK(server.targets() == std::vector<std::string>{fetch_path, fetch_path});
    CHECK(server.api().name_space() == "tools");
}

TEST_CASE("absence is an answer, an unknown resource is an error") {
    ScriptedApi server;
    server.on("GET /apis/toolhive.stacklok.dev/v1beta1",
              {refuses(404, "NotFound", "not found", not_found), status(404, "404 page not found\n")});
    server.on("GET /apis/toolhive.stacklok.dev", {status(404, "404 page not found\n")});
    CHECK_FALSE(server.run(server.api().find(fetch())));
    const auto error = error_of(server, server.api().find(fetch()));
    CHECK(error.fault() == Fault::unsupported);
    CHECK_THAT(error.message(), ContainsSubstring(server.server()) && ContainsSubstring("does not know MCPServer"));
}

TEST_CASE("writes say who writes and how") {
    ScriptedApi server;
    server.always("", json(object));
    auto& api = server.api();
    const auto body = Json::parse(R"({"metadata": {"name": "fetch"}})");
    server.run(api.create({.resource = mcp_servers, .name_space = "tools"}, body, {.dry_run = true, .strict = true}));
    server.run(api.patch(fetch(), PatchKind::apply, body, {.manager = "a b", .force = true}));
    server.run(api.patch(fetch(), PatchKind::json, Json::array(), {.force = true}));
    auto status_place = fetch();
    status_place.subresource = "status";
    server.run(api.patch(status_place, PatchKind::merge, body));
    server.run(api.remove(fetch(), "u-1"));

    const std::string path{fetch_path};
    CHECK(server.targets() == std::vector<std::string>{"/apis/toolhive.stacklok.dev/v1beta1/namespaces/tools/mcpservers"
                                                       "?fieldManager=thv&dryRun=All&fieldValidation=Strict",
                                                       path + "?fieldManager=a%20b&force=true",
                                                       path + "?fieldManager=thv", path + "/status?fieldManager=thv",
                                                       path});
    const auto& seen = server.seen();
    CHECK(seen[0].method == "POST");
    CHECK(seen[0].content_type == "application/json");
    CHECK(seen[1].content_type == "application/apply-patch+yaml");
    CHECK(seen[2].content_type == "application/json-patch+json");
    CHECK(seen[3].content_type == "application/merge-patch+json");
    CHECK(Json::parse(seen[4].body)["preconditions"]["uid"] == "u-1");
    CHECK(Json::parse(seen[4].body)["propagationPolicy"] == "Background");
}

TEST_CASE("names and namespaces cannot lead to another path") {
    ScriptedApi server;
    server.always("", json(R"({"metadata": {"name": "../c?d"}})"));
    server.run(server.api().get({.resource = pods, .name_space = "a/b", .name = "../c?d"}));
    CHECK(server.targets().front() == "/api/v1/namespaces/a%2Fb/pods/..%2Fc%3Fd");
}

TEST_CASE("an answer that is too busy is asked for again, whatever form its refusal has") {
    const auto busy = GENERATE(0, 1);
    ScriptedApi server;
    server.on("", {busy == 0 ? status(429, "Too many requests, please try again later.", "Retry-After: 0\r\n")
                             : status(503, R"({"kind": "Status"})", "Retry-After: 0\r\n"),
                   json(object)});
    CHECK(server.run(server.api().create(fetch(), Json::parse(object)))["kind"] == "MCPServer");
    CHECK(server.seen().size() == 2);
}

TEST_CASE("a server that stays too busy is unreachable in the end") {
    ScriptedApi server;
    server.always("", status(429, "", "Retry-After: 3600\r\n"));
    const auto error = error_of(server, server.api().get(fetch()));
    CHECK(error.fault() == Fault::unreachable);
    CHECK(server.seen().size() == 1);
}

TEST_CASE("a write that may have been done is not repeated") {
    ScriptedApi server;
    server.always("", status(504, "", "Retry-After: 0\r\n"));
    CHECK(error_of(server, server.api().create(fetch(), Json::parse(object))).fault() == Fault::timed_out);
    CHECK(server.seen().size() == 1);
}

TEST_CASE("refused credentials are got anew once, and then the request goes on") {
    TempFolder folder;
    const auto token = folder.path() / "token";
    spill(token, "old");
    std::vector<std::string> seen;
    const auto refused = "HTTP/1.1 401 X\r\nContent-Length: 0\r\n\r\n";
    const Authority authority{"authority"};
    std::optional<TlsServer> server;
    server.emplace(TlsServer::Options{.identity = authority.sign()}, std::vector<TlsServer::Script>{[&](TlsPeer& peer) {
                       seen.push_back(peer.read_request());
                       spill(token, "new");
                       peer.send(refused);
                       seen.push_back(peer.read_request());
                       peer.send("HTTP/1.1 200 X\r\nContent-Length: 29\r\n\r\n{\"metadata\":{\"name\":\"fetch\"}}");
                       for (int i = 0; i < 2; ++i) {
                           seen.push_back(peer.read_request());
                           peer.send(refused);
                       }
                       seen.push_back(peer.read_request());
                   }});
    spill(folder.path() / "ca.crt", authority.certificate());
    spill(folder.path() / "config", fmt::format(R"({{"current-context": "here",
        "clusters": [{{"name": "c", "cluster": {{"server": "https://127.0.0.1:{}", "certificate-authority": "ca.crt"}}}}],
        "users": [{{"name": "u", "user": {{"tokenFile": "token"}}}}],
        "contexts": [{{"name": "here", "context": {{"cluster": "c", "user": "u"}}}}]}})",
                                                server->port()));
    const Environment environment{{{"KUBECONFIG", (folder.path() / "config").string()}}};
    {
        asio::io_context context{1};
        Api api{Access::from(environment, {})};
        drive(context, api.get(fetch()));
        CHECK_THROWS_WITH(drive(context, api.get(fetch())), ContainsSubstring("credentials of context 'here'"));
    }
    server.reset(); // waits until it has played its script
    REQUIRE(seen.size() == 5);
    CHECK_THAT(seen[0], ContainsSubstring("Authorization: Bearer old\r\n"));
    for (const auto index : {1U, 2U, 3U})
        CHECK_THAT(seen[index], ContainsSubstring("Authorization: Bearer new\r\n"));
    CHECK(seen[4].empty());
}

TEST_CASE("credentials that cannot be got anew are not sent twice") {
    ScriptedApi server;
    server.always("", status(401, ""));
    CHECK(error_of(server, server.api().get(fetch())).fault() == Fault::denied);
    CHECK(server.seen().size() == 1);
}

TEST_CASE("the older version is spoken to a server that has only that, after one question") {
    ScriptedApi server;
    server.always("/apis/toolhive.stacklok.dev/v1beta1/", status(404, "404 page not found\n"));
    server.always("/apis/toolhive.stacklok.dev/v1alpha1/", json(object));
    server.always("GET /apis/toolhive.stacklok.dev", json(R"({"kind": "APIGroup", "versions": [
        {"groupVersion": "toolhive.stacklok.dev/v1alpha1", "version": "v1alpha1"}]})"));
    server.run(server.api().get(fetch()));
    const auto body = Json::parse(R"({"apiVersion": "toolhive.stacklok.dev/v1beta1", "metadata": {"name": "fetch"}})");
    server.run(server.api().patch(fetch(), PatchKind::apply, body));
    CHECK(server.seen().size() == 4);
    CHECK_THAT(server.seen().back().target, StartsWith("/apis/toolhive.stacklok.dev/v1alpha1/"));
    CHECK(Json::parse(server.seen().back().body)["apiVersion"] == "toolhive.stacklok.dev/v1alpha1");
}

TEST_CASE("a kind that a server of the newest version lacks is unknown, not of another version") {
    ScriptedApi server;
    server.always("/v1beta1/", status(404, "404 page not found\n"));
    server.always("GET /apis/toolhive.stacklok.dev",
                  json(R"({"versions": [{"version": "v1alpha1"}, {"version": "v1beta1"}]})"));
    CHECK(error_of(server, server.api().get(fetch())).fault() == Fault::unsupported);
    CHECK(error_of(server, server.api().get(fetch())).fault() == Fault::unsupported);
    CHECK(server.targets("toolhive.stacklok.dev").size() == 3);
    CHECK(server.targets("v1alpha1").empty());
}

TEST_CASE("an answer that breaks off is asked for once more, and is never taken for whole") {
    ScriptedApi server;
    server.on("", {truncated("{\"kind\": \"MCP"), json(object), truncated("{}"), truncated("{}")});
    CHECK(server.run(server.api().get(fetch()))["kind"] == "MCPServer");
    CHECK(error_of(server, server.api().get(fetch())).fault() == Fault::unreachable);
    CHECK(server.seen().size() == 4);
}

TEST_CASE("an answer about something else is not taken for the object") {
    const auto* body =
        GENERATE("{}", R"({"items": []})", R"({"metadata": {"name": "other"}})", R"({"metadata": {"name": 5}})");
    ScriptedApi server;
    server.always("", json(body));
    CHECK(error_of(server, server.api().find(fetch())).fault() == Fault::internal);
    CHECK(error_of(server, server.api().patch(fetch(), PatchKind::merge, Json::object())).fault() == Fault::internal);
}

TEST_CASE("an object without end is an error") {
    ScriptedApi server;
    server.always("", json(std::string(9U << 20U, ' ')));
    const auto error = error_of(server, server.api().get(fetch()));
    CHECK(error.fault() == Fault::internal);
    CHECK_THAT(error.message(), ContainsSubstring("more than 8388608 bytes"));
}

TEST_CASE("a refusal without end is still that refusal") {
    ScriptedApi server;
    server.always("", status(403, std::string(2U << 20U, 'x')));
    CHECK(error_of(server, server.api().get(fetch())).fault() == Fault::denied);
}

TEST_CASE("text that is not UTF-8 never leaves and is not quoted") {
    ScriptedApi server;
    const auto error = error_of(server, server.api().create(fetch(), Json{{"spec", {{"env", "secret\xff"}}}}));
    CHECK(error.fault() == Fault::usage);
    CHECK_THAT(error.message(), !ContainsSubstring("secret"));
    CHECK(server.seen().empty());
}

TEST_CASE("a log is passed on as it comes") {
    ScriptedApi server;
    server.on("/log?", {status(200, "one\ntwo\n")});
    const auto read = [](Api& api) -> Task<std::string> {
        const auto stream = co_await api.open_log({.resource = pods, .name_space = "tools", .name = "fetch-0"},
                                                  "container=mcp&tailLines=2");
        const auto text = co_await stream->read_all(100);
        co_return text;
    };
    CHECK(server.run(read(server.api())) == "one\ntwo\n");
    CHECK(server.targets().front() == "/api/v1/namespaces/tools/pods/fetch-0/log?container=mcp&tailLines=2");
}
