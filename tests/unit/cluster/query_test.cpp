// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/query.hpp"
#include "support/catch.hpp"
#include "support/cluster_objects.hpp"
#include "support/failure.hpp"
#include "support/scripted_api.hpp"

using namespace thv;
using namespace thv::cluster;
using namespace thv::test;

namespace {

Filter everywhere() {
    Filter filter;
    filter.all_namespaces = true;
    return filter;
}

std::vector<std::string> scan(ScriptedApi& server, Filter filter = {}) {
    std::vector<std::string> seen;
    cluster::Query query{server.api()};
    server.run(query.scan(std::move(filter), [&](const Workload& workload) { seen.push_back(summary(workload)); }));
    return seen;
}

WorkloadName name(const std::string& text) {
    return value_or_throw(WorkloadName::parse(text));
}

std::optional<Workload> find(ScriptedApi& server, const std::string& which) {
    cluster::Query query{server.api()};
    return server.run(query.find(name(which)));
}

const auto unknown = status(404, "404 page not found\n");
const auto forbidden = refuses(403, "Forbidden", "no");

} // namespace

TEST_CASE("the kinds of a cluster are told in one order, each with the pods of its server") {
    ScriptedApi server;
    server.on("/mcpservers?", {page({object("a/one"), object("b/both")}, "t1"), page({object("c/last")})});
    server.on("/mcpremoteproxies?", {page({remote("a/aaa"), remote("b/both")})});
    server.on("/mcpserverentries?", {page({}, "e1"), page({entry("b/both"), entry("z/z")})});
    server.always("/pods?", page({}));
    server.on("/statefulsets?", {page({stateful_set("a/aaa", 0, 1), stateful_set("a/one", 0, 1)}, "s1"),
                                 page({stateful_set("c/last", 1, 1)})});
    CHECK(scan(server, everywhere()) ==
          std::vector<std::string>{"a/aaa MCPRemoteProxy running", "a/one MCPServer unhealthy 0/1",
                                   "b/both MCPServer running", "b/both MCPRemoteProxy running",
                                   "b/both MCPServerEntry running", "c/last MCPServer running 1/1",
                                   "z/z MCPServerEntry running"});
    CHECK(server.targets("/namespaces/") ==
          std::vector<std::string>{"/api/v1/namespaces/a/pods?limit=250&labelSelector=toolhive-name%3Done"});
    CHECK_THAT(server.targets("/statefulsets").front(), ContainsSubstring("labelSelector=toolhive%3Dtrue"));
}

TEST_CASE("only the chosen namespace is asked for, labels by the server and the group here") {
    ScriptedApi server;
    server.on("/mcpservers?", {page({object("tools/a", "web"), object("tools/b", "other"), object("tools/c", "web")})});
    server.always("", page({}));
    CHECK(scan(server, {.group = "web", .labels = {{"team", "a"}}}) ==
          std::vector<std::string>{"tools/a MCPServer running", "tools/c MCPServer running"});
    CHECK(server.targets("/namespaces/tools/").size() == server.seen().size());
    CHECK(server.targets("/mcpservers?limit=250&labelSelector=team%3Da").size() == 1);
}

TEST_CASE("a label that could mean something else to the server is refused here") {
    ScriptedApi server;
    const auto [key, value] = GENERATE(
        table<const char*, const char*>({{"a", "b,c=d"}, {"a!", "b"}, {"", "b"}, {"a", "b c"}, {"a in (b)", "c"}}));
    Filter filter;
    filter.labels = {{key, value}};
    CHECK(error_of([&] { scan(server, filter); }).fault() == Fault::usage);
    CHECK(server.seen().empty());
}

TEST_CASE("kinds that are not installed or not to be seen are left out, and so are pods") {
    const auto [others, sets] = GENERATE(table<Answer, Answer>({{unknown, forbidden}, {forbidden, forbidden}}));
    ScriptedApi server;
    server.always("/mcpservers?", page({object("tools/a")}));
    server.always("/mcpremoteproxies?", others);
    server.always("/mcpserverentries?", others);
    server.always("/statefulsets?", sets);
    server.always("GET /apis/toolhive.stacklok.dev", json(R"({"versions": [{"version": "v1beta1"}]})"));
    CHECK(scan(server) == std::vector<std::string>{"tools/a MCPServer running"});
}

TEST_CASE("without the right or the resources for servers there is no list") {
    const auto [answer, fault] =
        GENERATE(table<Answer, Fault>({{forbidden, Fault::denied}, {unknown, Fault::unsupported}}));
    ScriptedApi server;
    server.always("/mcpservers", answer);
    server.always("GET /apis/toolhive.stacklok.dev", answer);
    server.always("", page({}));
    CHECK(error_of([&] { scan(server); }).fault() == fault);
    CHECK(error_of([&] { find(server, "a"); }).fault() == fault);
}

TEST_CASE("a failure of pods other than a missing right is told") {
    ScriptedApi server;
    server.always("/mcpservers?", page({object("tools/a")}));
    server.always("/statefulsets?", refuses(500, "InternalError", "ill"));
    server.always("", page({}));
    CHECK_THAT(error_of([&] { scan(server); }).message(), ContainsSubstring("ill"));
}

TEST_CASE("a workload that runs is found by two questions, and of another its pods are asked why") {
    ScriptedApi server;
    server.always("/mcpservers/a", json(object("tools/a").dump()));
    server.on("/statefulsets/a",
              {json(stateful_set("tools/a", 1, 1).dump()), json(stateful_set("tools/a", 0, 1).dump())});
    CHECK(summary(find(server, "a").value()) == "tools/a MCPServer running 1/1");
    CHECK(server.seen().size() == 2);

    auto stuck = Json::parse(R"({"metadata": {"name": "a-0", "labels": {"app": "a"}}, "status": {"phase": "Pending",
        "containerStatuses": [{"name": "mcp", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}}]}})");
    server.on("/pods?", {page({stuck})});
    const auto found = find(server, "a").value();
    CHECK(summary(found) == "tools/a MCPServer unhealthy 0/1");
    CHECK_THAT(found.reason, ContainsSubstring("no such image") && ContainsSubstring("(pod a-0)") &&
                                 ContainsSubstring("0 of 1 server pods"));
    CHECK(server.seen().size() == 5);
}

TEST_CASE("pods that must not be seen, or cannot be asked for by name, keep no list from being told") {
    ScriptedApi server;
    const std::string longest(80, 'x');
    server.always("/mcpservers?", page({object("tools/a", "", "Failed"), object("tools/" + longest, "", "Failed")}));
    server.always("/pods?", forbidden);
    server.always("", page({}));
    CHECK(scan(server).size() == 2);
    CHECK(server.targets("/pods?").size() == 1);
}

TEST_CASE("a StatefulSet of somebody else, or none, or one that must not be seen, says nothing") {
    auto foreign = stateful_set("tools/a", 0, 1);
    foreign["metadata"]["labels"] = {{"app", "a"}};
    const auto none = refuses(404, "NotFound", "none", R"("details": {"name": "a", "kind": "statefulsets"})");
    const auto answer = GENERATE_COPY(values<Answer>({json(foreign.dump()), forbidden, none}));
    ScriptedApi server;
    server.on("/mcpservers/a", {json(object("tools/a").dump())});
    server.on("/statefulsets/a", {answer});
    CHECK(summary(find(server, "a").value()) == "tools/a MCPServer running");
}

TEST_CASE("what is no server is looked for among the others, which need not be there") {
    const auto none = refuses(404, "NotFound", "none", R"("details": {"name": "a"})");
    ScriptedApi server;
    server.always("GET /apis/toolhive.stacklok.dev/v1beta1/namespaces/tools/mcpservers/", none);
    server.on("/mcpremoteproxies/a", {json(remote("tools/a").dump()), none, forbidden, unknown});
    server.on("/mcpserverentries/a", {json(entry("tools/a").dump()), none, unknown});
    server.always("GET /apis/toolhive.stacklok.dev", json(R"({"versions": [{"version": "v1beta1"}]})"));
    CHECK(summary(find(server, "a").value()) == "tools/a MCPRemoteProxy running");
    CHECK(summary(find(server, "a").value()) == "tools/a MCPServerEntry running");
    CHECK_FALSE(find(server, "a"));
    CHECK_FALSE(find(server, "a"));
}

TEST_CASE("only a server has a run config") {
    const auto none = refuses(404, "NotFound", "none", R"("details": {"name": "a"})");
    ScriptedApi server;
    cluster::Query query{server.api()};
    server.on("/mcpservers/a", {json(object("tools/a", "web").dump()), none, none});
    server.on("/mcpremoteproxies/a", {json(remote("tools/a").dump()), none});
    server.on("/mcpserverentries/a", {none});
    const auto config = server.run(query.config(name("a")));
    CHECK(config.image == "image:1");
    CHECK(config.group == "web");
    const auto other = error_of([&] { server.run(query.config(name("a"))); });
    CHECK(other.fault() == Fault::unsupported);
    CHECK_THAT(other.message(), ContainsSubstring("is an MCPRemoteProxy"));
    const auto missing = error_of([&] { server.run(query.config(name("a"))); });
    CHECK(missing.fault() == Fault::not_found);
    CHECK(missing.message() == "no workload named 'a' in namespace 'tools'");
}

TEST_CASE("the run configs of all workloads come with the lists, and nothing is asked for by name") {
    ScriptedApi server;
    auto broken = object("tools/c");
    broken["spec"]["image"] = 7;
    server.on("/mcpservers?", {page({object("tools/a", "web"), object("tools/b")}, "t1"), page({broken})});
    server.on("/mcpremoteproxies?", {page({remote("tools/b"), remote("tools/d")})});
    server.always("/mcpserverentries?", forbidden);
    std::vector<std::string> seen;
    const auto note = [&](const std::string& which, const Result<RunConfig>& config) {
        seen.push_back(which + ' ' + (config ? config->group : config.error().message()));
    };
    cluster::Query query{server.api()};
    server.run(query.scan_configs({}, note));
    CHECK(seen == std::vector<std::string>{
                      "a web", "b default",
                      "c MCPServer 'c' in namespace 'tools': spec: field 'image' must be a string without NUL",
                      "b 'b' is an MCPRemoteProxy, which has no run config",
                      "d 'd' is an MCPRemoteProxy, which has no run config"});
    CHECK(server.seen().size() == 4);
    CHECK(server.targets("limit=250").size() == 4);
}

TEST_CASE("the run configs of a group and of labels are those of its list") {
    ScriptedApi server;
    server.on("/mcpservers?", {page({object("tools/a", "web"), object("tools/b", "other")})});
    server.always("", page({}));
    std::vector<std::string> seen;
    const auto note = [&](std::string which, const Result<RunConfig>&) { seen.push_back(std::move(which)); };
    cluster::Query query{server.api()};
    server.run(query.scan_configs({.group = "web", .labels = {{"team", "a"}}}, note));
    CHECK(seen == std::vector<std::string>{"a"});
    CHECK(server.targets("/namespaces/tools/mcpservers?limit=250&labelSelector=team%3Da").size() == 1);
}

TEST_CASE("without a list of servers there are no run configs, and a list's failure is told") {
    const auto [answer, fault] = GENERATE(
        table<Answer, Fault>({{forbidden, Fault::denied}, {refuses(500, "InternalError", "ill"), Fault::internal}}));
    ScriptedApi server;
    server.always("/mcpservers", answer);
    server.always("", page({}));
    cluster::Query query{server.api()};
    const auto ignore = [](const std::string&, const Result<RunConfig>&) {};
    CHECK(error_of([&] { server.run(query.scan_configs({}, ignore)); }).fault() == fault);
}
