// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/grouping.hpp"
#include "cluster/logs.hpp"
#include "support/catch.hpp"
#include "support/cluster_parts.hpp"
#include "support/failure.hpp"
#include "support/object_store.hpp"

using namespace thv;
using namespace thv::cluster;
using thv::test::error_of;
using thv::test::ObjectStore;

namespace {

using Texts = std::vector<std::string>;

GroupName group(const std::string& name) {
    return value_or_throw(GroupName::parse(name));
}

void put_member(ObjectStore& store, const std::string& plural, const std::string& name, const Json& reference) {
    Json spec = Json::object();
    if (!reference.is_null()) spec["groupRef"] = reference;
    store.put(plural, {{"metadata", {{"name", name}, {"uid", "u-" + name}}}, {"spec", spec}});
}

void put_group(ObjectStore& store, const std::string& name) {
    store.put("mcpgroups", {{"metadata", {{"name", name}, {"uid", "g-" + name}}}});
}

std::vector<Outcome> move(ObjectStore& store, const Texts& names, const std::string& to,
                          std::optional<GroupName> from = {}) {
    cluster::Grouping grouping{store.server.api()};
    return store.server.run(grouping.move(names, std::move(from), group(to)));
}

std::string message_of(const Outcome& outcome) {
    return outcome.error ? outcome.error->message() : "";
}

} // namespace

TEST_CASE("the members of a group are those of all kinds, and old references count") {
    ObjectStore store;
    put_group(store, "a");
    put_member(store, "mcpservers", "server", Json{{"name", "a"}});
    put_member(store, "mcpservers", "old", "a");
    put_member(store, "mcpservers", "other", Json{{"name", "b"}});
    put_member(store, "mcpremoteproxies", "proxy", Json{{"name", "a"}});
    put_member(store, "mcpserverentries", "entry", Json{{"name", "a"}});
    cluster::Grouping grouping{store.server.api()};
    CHECK(store.server.run(grouping.members(group("a"))) == Texts{"entry", "old", "proxy", "server"});
    const auto error = error_of([&] { store.server.run(grouping.members(group("none"))); });
    CHECK(error.fault() == Fault::not_found);
}

TEST_CASE("kinds that the cluster does not know have no members") {
    ObjectStore store;
    put_group(store, "a");
    put_member(store, "mcpservers", "server", Json{{"name", "a"}});
    store.server.always("/mcpremoteproxies", test::status(404, "404 page not found"));
    store.server.always("/mcpserverentries", test::status(404, "404 page not found"));
    cluster::Grouping grouping{store.server.api()};
    CHECK(store.server.run(grouping.members(group("a"))) == Texts{"server"});
}

TEST_CASE("a move that somebody else's comes before is a conflict that says where it is now") {
    ObjectStore store;
    for (const auto* name : {"a", "b", "c"})
        put_group(store, name);
    put_member(store, "mcpservers", "one", Json{{"name", "a"}});
    store.before("PATCH mcpservers/one", [&] { put_member(store, "mcpservers", "one", Json{{"name", "c"}}); });
    const auto outcome = move(store, {"one"}, "b")[0];
    CHECK(message_of(outcome) == "workload 'one' was moved to group 'c' meanwhile");
    CHECK(outcome.error->fault() == Fault::conflict);
    CHECK(store.find("mcpservers", "one")["spec"]["groupRef"]["name"] == "c");
}

TEST_CASE("a move into a group is repeated when something else of the workload has changed") {
    ObjectStore store;
    put_group(store, "b");
    put_member(store, "mcpservers", "loner", nullptr);
    store.before("PATCH mcpservers/loner", [&] { put_member(store, "mcpservers", "loner", nullptr); });
    CHECK_FALSE(move(store, {"loner"}, "b")[0].error);
    CHECK(store.find("mcpservers", "loner")["spec"]["groupRef"]["name"] == "b");
}

TEST_CASE("a move writes nothing where the workload is already there, and keeps the old form of a reference") {
    ObjectStore store;
    put_group(store, "a");
    put_group(store, "b");
    put_member(store, "mcpservers", "there", Json{{"name", "b"}});
    put_member(store, "mcpservers", "old", "a");
    for (const auto& outcome : move(store, {"there", "old"}, "b"))
        CHECK(message_of(outcome).empty());
    CHECK(store.writes.size() == 1);
    CHECK(store.find("mcpservers", "old")["spec"]["groupRef"] == "b");
}

TEST_CASE("without a group of that name, default stands for no group") {
    ObjectStore store;
    put_group(store, "a");
    put_member(store, "mcpservers", "one", Json{{"name", "a"}});
    put_member(store, "mcpservers", "loner", nullptr);
    CHECK(message_of(move(store, {"one"}, "default", group("b"))[0]) == "workload 'one' is in group 'a', not in 'b'");
    CHECK_FALSE(move(store, {"one"}, "default", group("a"))[0].error);
    CHECK_FALSE(store.find("mcpservers", "one")["spec"].contains("groupRef"));
    CHECK_FALSE(move(store, {"loner"}, "a", group("default"))[0].error);
    put_group(store, "default");
    CHECK_FALSE(move(store, {"one"}, "default")[0].error);
    CHECK(store.find("mcpservers", "one")["spec"]["groupRef"]["name"] == "default");
}

TEST_CASE("a refusal of a move that is no race is told as it is") {
    ObjectStore store;
    put_group(store, "a");
    put_member(store, "mcpserverentries", "entry", Json{{"name", "a"}});
    store.server.on("PATCH", {test::refuses(422, "Invalid", "spec.groupRef: Required value")});
    const auto outcome = move(store, {"entry"}, "default")[0];
    CHECK(message_of(outcome).find("spec.groupRef: Required value") != std::string::npos);
}

TEST_CASE("a group goes only when nothing refers to it, a VirtualMCPServer included") {
    ObjectStore store;
    put_group(store, "a");
    put_member(store, "mcpservers", "one", Json{{"name", "a"}});
    cluster::Grouping grouping{store.server.api()};
    const auto erase = [&] { store.server.run(grouping.erase(group("a"))); };
    CHECK(error_of(erase).message() == "the group 'a' still has members: one");
    store.drop("mcpservers", "one");
    put_member(store, "virtualmcpservers", "all", Json{{"name", "a"}});
    CHECK(error_of(erase).message() == "the group 'a' is served by VirtualMCPServer all");
    store.drop("virtualmcpservers", "all");
    erase();
    CHECK(store.find("mcpgroups", "a").is_null());
    CHECK(error_of(erase).fault() == Fault::not_found);
}

TEST_CASE("a group is created once, and never with a name that a cluster refuses") {
    ObjectStore store;
    cluster::Grouping grouping{store.server.api()};
    store.server.run(grouping.create(group("a")));
    CHECK(error_of([&] { store.server.run(grouping.create(group("a"))); }).fault() == Fault::conflict);
    CHECK(store.server.run(grouping.groups()).size() == 1);
    const auto before = store.server.seen().size();
    CHECK(error_of([&] { store.server.run(grouping.create(group("a_b"))); }).fault() == Fault::usage);
    CHECK(store.server.seen().size() == before);
}

// Logs.

namespace {

struct Printed {
    Texts lines;
    Texts notices;
};

Printed tail(ObjectStore& store, TailOptions options = {}) {
    Printed printed;
    options.notice = [&](std::string_view line) { printed.notices.emplace_back(line); };
    cluster::Logs logs{store.server.api()};
    const auto sink = [&](const LogLine& line) {
        printed.lines.push_back((line.origin.empty() ? "" : std::string{line.origin} + ": ") + std::string{line.text});
    };
    store.server.run(logs.tail(value_or_throw(WorkloadName::parse("fetch")), options, sink));
    return printed;
}

void put_logging(ObjectStore& store, const std::string& name, const std::string& log) {
    auto pod = test::pod(name, "fetch", "mcp");
    pod["metadata"]["labels"]["toolhive-name"] = "fetch";
    store.put("pods", pod);
    store.server.always("/pods/" + name + "/log?", test::status(200, log));
}

void put_workload(ObjectStore& store) {
    store.put("mcpservers", test::server_object("fetch"));
}

} // namespace

TEST_CASE("the logs of several pods are merged as they were written, each line with its pod") {
    ObjectStore store;
    put_workload(store);
    put_logging(store, "fetch-0", "2026-03-01T10:00:00.1Z a\nmore of a\n2026-03-01T10:00:00.4Z d");
    put_logging(store, "fetch-1", "2026-03-01T10:00:00.2Z b\n2026-03-01T10:00:00.3Z c\n");
    CHECK(tail(store).lines == Texts{"pod/fetch-0/mcp: a", "pod/fetch-0/mcp: more of a", "pod/fetch-1/mcp: b",
                                     "pod/fetch-1/mcp: c", "pod/fetch-0/mcp: d"});
    CHECK(tail(store, {.lines = 2}).lines == Texts{"pod/fetch-1/mcp: c", "pod/fetch-0/mcp: d"});
    CHECK(store.server.targets("/pods/fetch-1/log?").back().find("tailLines=2") != std::string::npos);
}

TEST_CASE("one pod's lines stand for themselves, with stamps only when they are wanted") {
    ObjectStore store;
    put_workload(store);
    put_logging(store, "fetch-0", "2026-03-01T10:00:00.1Z a\n2026-03-01T10:00:00.2Z b\r\n\n2026-03-01T10:00:00.3Z c");
    CHECK(tail(store).lines == Texts{"a", "b", "", "c"});
    CHECK(tail(store, {.timestamps = true}).lines[0] == "2026-03-01T10:00:00.1Z a");
    // The cluster counts whole seconds only.
    const auto since = parse_rfc3339("2026-03-01T10:00:00.2Z").value();
    CHECK(tail(store, {.since = since}).lines == Texts{"b", "", "c"});
}

TEST_CASE("where there is no log yet it is told why, and that is no error") {
    ObjectStore store;
    put_workload(store);
    CHECK(tail(store).notices == Texts{"'fetch' has no log yet: waiting for the operator to make its proxy"});
    auto object = test::server_object("fetch");
    object["spec"]["replicas"] = 0;
    store.put("mcpservers", object);
    CHECK(tail(store).notices == Texts{"'fetch' has no log yet: it is stopped"});
    CHECK(error_of([&] { tail(store, {.previous = true}); }).fault() == Fault::not_found);
    store.drop("mcpservers", "fetch");
    CHECK(error_of([&] { tail(store); }).fault() == Fault::not_found);
}

TEST_CASE("a pod whose container has not started is passed over, any other refusal is told") {
    ObjectStore store;
    put_workload(store);
    put_logging(store, "fetch-0", "2026-03-01T10:00:00.1Z a\n");
    put_logging(store, "fetch-1", "");
    store.server.on("/pods/fetch-1/log?", {test::refuses(400, "BadRequest", "is waiting to start"),
                                           test::refuses(403, "Forbidden", "pods/log is forbidden")});
    CHECK(tail(store).lines == Texts{"a"});
    CHECK(error_of([&] { tail(store); }).fault() == Fault::denied);
}

TEST_CASE("a log that breaks off is an error after what came of it") {
    ObjectStore store;
    put_workload(store);
    put_logging(store, "fetch-0", "");
    store.server.always("/pods/fetch-0/log?", test::truncated("2026-03-01T10:00:00.1Z a\n2026-03-01T10:00:00.2Z b"));
    Texts lines;
    cluster::Logs logs{store.server.api()};
    const auto sink = [&](const LogLine& line) { lines.emplace_back(line.text); };
    const auto read = [&] { store.server.run(logs.tail(value_or_throw(WorkloadName::parse("fetch")), {}, sink)); };
    CHECK(error_of(read).fault() == Fault::unreachable);
    CHECK(lines == Texts{"a"});
}

TEST_CASE("a follower tells each line once, across breaks, and ends with the workload") {
    ObjectStore store;
    put_workload(store);
    put_logging(store, "fetch-0", "");
    const std::string first = "2026-03-01T10:00:00.1Z a\n2026-03-01T10:00:00.2Z b\n";
    const auto last = [&store, first](http::Visit& visit) {
        store.drop("mcpservers", "fetch");
        store.drop("pods", "fetch-0");
        visit.answer(200, "", first + "2026-03-01T10:00:00.2Z c\n2026-03-01T10:00:01Z d");
    };
    store.server.on("/pods/fetch-0/log?",
                    {test::status(200, first), test::truncated(first + "2026-03-01T10:00:00.2Z c\n"),
                     test::refuses(500, "InternalError", "the kubelet is away"), last});
    CHECK(tail(store, {.follow = true}).lines == Texts{"a", "b", "c", "d"});
    CHECK(store.server.targets("/pods/fetch-0/log?").at(3).find("sinceTime=2026-03-01T10%3A00%3A00.2Z") !=
          std::string::npos);
}
