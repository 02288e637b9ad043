// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/api.hpp"
#include "cluster/lookup.hpp"
#include "cluster/pages.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"
#include "support/scripted_api.hpp"

#include <fmt/format.h>

using namespace thv;
using namespace thv::cluster;
using namespace thv::test;

namespace {

using Names = std::vector<std::string>;
constexpr auto path = "/apis/toolhive.stacklok.dev/v1beta1/namespaces/tools/mcpservers";

/// A page with objects "namespace/name".
Answer page(const Names& orders, const std::string& next = "", const std::string& version = "10") {
    Json items = Json::array();
    for (const auto& order : orders) {
        const auto slash = order.find('/');
        items.push_back({{"metadata", {{"namespace", order.substr(0, slash)}, {"name", order.substr(slash + 1)}}}});
    }
    return json(Json{{"items", items}, {"metadata", {{"resourceVersion", version}, {"continue", next}}}}.dump());
}

Answer expired(const std::string& go_on) {
    return refuses(410, "Expired", "the token is too old", R"("metadata": {"continue": ")" + go_on + "\"}");
}

struct Listed {
    Names orders;
    std::string version;
};

Listed list(ScriptedApi& server, ListOptions options = {.page = 2}) {
    Listed listed;
    listed.version =
        server.run(server.api().list({.resource = mcp_servers, .name_space = "tools"}, options,
                                     [&](const Json& object) { listed.orders.push_back(order_of(object)); }));
    return listed;
}

Error error_of(ScriptedApi& server) {
    return test::error_of([&] { list(server); });
}

} // namespace

TEST_CASE("a list is read page by page to its end, even when the last page is empty") {
    ScriptedApi server;
    server.on("", {page({"tools/a", "tools/b"}, "to ken/+"), page({"tools/c"}, "t2"), page({})});
    const auto listed = list(server);
    CHECK(listed.orders == Names{"tools/a", "tools/b", "tools/c"});
    CHECK(listed.version == "10");
    CHECK(server.targets() == Names{std::string{path} + "?limit=2",
                                    std::string{path} + "?limit=2&continue=to%20ken%2F%2B",
                                    std::string{path} + "?limit=2&continue=t2"});
}

TEST_CASE("selectors go to the server, and every namespace has a list of its own and all together") {
    ScriptedApi server;
    server.always("", page({}));
    list(server, {.label_selector = "a=b,c=d", .field_selector = "metadata.name=x", .page = 5});
    CHECK(server.targets().back() ==
          std::string{path} + "?limit=5&labelSelector=a%3Db%2Cc%3Dd&fieldSelector=metadata.name%3Dx");
    server.run(server.api().list({.resource = stateful_sets, .name_space = ""}, {}, [](const Json&) {}));
    CHECK(server.targets().back() == "/apis/apps/v1/statefulsets?limit=250");
}

TEST_CASE("an expired list goes on with the server's token and repeats nothing") {
    ScriptedApi server;
    server.on("", {page({"tools/a", "tools/b"}, "t1"), expired("later"), page({"tools/d"}, "", "20")});
    const auto listed = list(server);
    CHECK(listed.orders == Names{"tools/a", "tools/b", "tools/d"});
    // What came with the first page is no newer than that.
    CHECK(listed.version == "10");
    CHECK_THAT(server.targets().back(), ContainsSubstring("continue=later"));
}

TEST_CASE("an expired list without a token begins again behind what was handed over") {
    ScriptedApi server;
    server.on("", {page({"tools/a", "tools/c"}, "t1"), expired(""), page({"tools/a", "tools/b"}, "t2", "20"),
                   page({"tools/c", "tools/d"}, "", "20")});
    const auto listed = list(server);
    CHECK(listed.orders == Names{"tools/a", "tools/c", "tools/d"});
    CHECK(listed.version == "10");
    CHECK(server.targets()[2] == std::string{path} + "?limit=2");
}

TEST_CASE("a list that expires for ever is an error, and so is one that expires before it has begun") {
    ScriptedApi server;
    const bool begun = GENERATE(true, false);
    if (begun) server.on("", {page({"tools/a"}, "t1")});
    server.always("", expired("later"));
    CHECK(error_of(server).fault() == Fault::conflict);
    CHECK(server.seen().size() < 10);
}

TEST_CASE("a list that goes round in circles is an error") {
    ScriptedApi server;
    server.always("", page({"tools/a"}, "again"));
    const auto error = error_of(server);
    CHECK(error.fault() == Fault::internal);
    CHECK_THAT(error.message(), ContainsSubstring("has no end"));
    CHECK(server.seen().size() == 2);
}

TEST_CASE("objects without a name are passed over") {
    ScriptedApi server;
    server.on("", {json(R"({"items": [{}, {"metadata": 5}, {"metadata": {"name": 5}}, {"metadata": {"name": "a"}}],
                           "metadata": {"resourceVersion": 5}})")});
    const auto listed = list(server);
    CHECK(listed.orders == Names{"/a"});
    CHECK(listed.version.empty());
}

TEST_CASE("a page without end is an error, not memory") {
    ScriptedApi server;
    std::string endless(65U << 20U, ' ');
    server.always("", [&](http::Visit& visit) { visit.answer(200, "", endless); });
    const auto error = error_of(server);
    CHECK(error.fault() == Fault::internal);
    CHECK_THAT(error.message(), ContainsSubstring("more than 67108864 bytes"));
}

TEST_CASE("a page that is no list, or breaks off twice, is an error") {
    const auto [answer, fault] = GENERATE(table<Answer, Fault>({{json("<html>"), Fault::internal},
                                                                {json("{}"), Fault::internal},
                                                                {json(R"({"items": [{"a")"), Fault::internal},
                                                                {truncated(R"({"items": [)"), Fault::unreachable}}));
    ScriptedApi server;
    server.on("", {page({"tools/a"}, "t1")});
    server.always("", answer);
    CHECK(error_of(server).fault() == fault);
}
