// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/api.hpp"
#include "cluster/lookup.hpp"
#include "cluster/status_error.hpp"
#include "support/catch.hpp"
#include "support/scripted_api.hpp"

#include <fmt/format.h>

using namespace thv;
using namespace thv::cluster;
using namespace thv::test;

namespace {

std::string event(const std::string& type, const std::string& name, const std::string& version) {
    return fmt::format(
        R"({{"type": "{}", "object": {{"metadata": {{"name": "{}", "resourceVersion": "{}", "managedFields": []}}}}}})",
        type, name, version);
}
std::string bookmark(const std::string& version) {
    return event("BOOKMARK", "", version);
}
std::string failure(int code, const std::string& message) {
    return fmt::format(
        R"({{"type": "ERROR", "object": {{"kind": "Status", "code": {}, "reason": "R", "message": "{}"}}}})", code,
        message);
}

struct Watched {
    std::vector<std::string> told;
    std::string version;
};

Watched watch(ScriptedApi& server, const std::string& from = "5") {
    Watched watched;
    const auto sink = [&](const WatchEvent& event) {
        const auto* kind = event.kind == WatchEvent::Kind::added      ? "+"
                           : event.kind == WatchEvent::Kind::modified ? "~"
                                                                      : "-";
        watched.told.push_back(kind + text_at(event.object, {"metadata", "name"}));
        CHECK(value_at(event.object, {"metadata", "managedFields"}) == nullptr);
    };
    watched.version = server.run(
        server.api().watch({.resource = mcp_servers, .name_space = "tools"}, {.label_selector = "a=b"}, from, sink));
    return watched;
}

} // namespace

TEST_CASE("a watch hands over events, and gives the version of the last event or bookmark to go on from") {
    ScriptedApi server;
    server.on("", {events({event("ADDED", "a", "6"), event("MODIFIED", "a", "7"), event("DELETED", "a", "8"),
                           bookmark("12")}),
                   events({event("ADDED", "b", "13")}), events({})});
    const auto first = watch(server);
    CHECK(first.told == std::vector<std::string>{"+a", "~a", "-a"});
    CHECK(first.version == "12");
    CHECK(watch(server, "12").version == "13");
    CHECK(watch(server, "13").version == "13");
    CHECK_THAT(server.targets().front(),
               StartsWith("/apis/toolhive.stacklok.dev/v1beta1/namespaces/tools/mcpservers?watch=true"
                          "&allowWatchBookmarks=true&timeoutSeconds=2") &&
                   ContainsSubstring("&resourceVersion=5&labelSelector=a%3Db"));
}

TEST_CASE("an expired version gives an empty one, whether it is told in a line or by the status") {
    const auto answer =
        GENERATE(events({event("ADDED", "a", "6"), failure(410, "too old")}), refuses(410, "Expired", "too old"));
    ScriptedApi server;
    server.on("", {answer});
    CHECK(watch(server).version.empty());
}

TEST_CASE("a watch whose connection breaks gives the version up to which it came") {
    ScriptedApi server;
    server.on("", {truncated(event("ADDED", "a", "6") + "\n{\"type\": \"ADD")});
    const auto watched = watch(server);
    CHECK(watched.told == std::vector<std::string>{"+a"});
    CHECK(watched.version == "6");
}

TEST_CASE("types of events that nobody knows yet are passed over") {
    ScriptedApi server;
    server.on("", {events({event("SOMETHING", "a", "6"), event("ADDED", "b", "7")})});
    CHECK(watch(server).told == std::vector<std::string>{"+b"});
}

TEST_CASE("a failed watch, nonsense and an endless line are errors") {
    struct Row {
        Answer answer;
        Fault fault;
        std::string says;
    };
    const auto row =
        GENERATE(values<Row>({{events({failure(500, "etcd is ill")}), Fault::internal, "etcd is ill"},
                              {events({"nonsense"}), Fault::internal, "is not the JSON of an API server"},
                              {json(std::string(9U << 20U, 'x')), Fault::internal, "an event of more than"},
                              {refuses(403, "Forbidden", "no"), Fault::denied, "no"},
                              {status(404, "404 page not found\n"), Fault::unsupported, "does not know"}}));
    ScriptedApi server;
    server.on("watch=true", {row.answer});
    server.always("GET /apis/toolhive.stacklok.dev", status(404, ""));
    try {
        watch(server);
        FAIL("nothing was thrown");
    } catch (const Error& error) {
        CHECK(error.fault() == row.fault);
        CHECK_THAT(error.message(), ContainsSubstring(row.says));
    }
}
