// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

#include <fstream>

using namespace thv;
using test::Bench;
using Answer = Bench::Answer;

namespace {

Bench with_group() {
    Bench bench;
    bench.engine.group_files["tools"] = {.name = "tools", .registered_clients = {}};
    return bench;
}

} // namespace

TEST_CASE("vmcp discover lists the backends of a group") {
    auto bench = with_group();
    bench.engine.add("fetch", State::running, "tools");
    bench.engine.add("github", State::stopped, "tools");
    CHECK(bench.thv({"vmcp", "discover", "tools"}) ==
          Answer{0,
                 "NAME    HEALTH     TRANSPORT        AUTH  URL\n"
                 "fetch   healthy    streamable-http        http://127.0.0.1:20000/mcp\n"
                 "github  unhealthy  streamable-http        http://127.0.0.1:20001/mcp\n",
                 ""});
}

TEST_CASE("vmcp discover reports a member that cannot be a backend, and fails partly") {
    auto bench = with_group();
    bench.engine.add("fetch", State::running, "tools");
    auto& young = bench.engine.add("young", State::starting, "tools");
    young.url = "";
    young.reason = "the image is being pulled";
    const auto answer = bench.thv({"vmcp", "discover", "tools", "--format", "json"});
    CHECK(answer.code == 3);
    CHECK(answer.err == "Error: 'young' is no backend: it has no URL yet: the image is being pulled\n");
    const auto document = nlohmann::json::parse(answer.out);
    CHECK(document["group"] == "tools");
    REQUIRE(document["backends"].size() == 1);
    CHECK(document["backends"][0]["base_url"] == "http://127.0.0.1:20000/mcp");
    CHECK(document["failed"][0]["name"] == "young");
}

TEST_CASE("vmcp discover of no group and of an empty one") {
    auto bench = with_group();
    CHECK(bench.thv({"vmcp", "discover", "tols"}).code == 5);
    CHECK(bench.thv({"vmcp", "discover", "tools"}) == Answer{0, "", "Group 'tools' has no members\n"});
}

TEST_CASE("vmcp discover shows how a backend is authenticated to, and never with what") {
    const test::TempFolder folder;
    const auto file = (folder.path() / "vmcp.yaml").string();
    std::ofstream{file} << "outgoingAuth:\n  source: inline\n  backends:\n    fetch:\n"
                           "      type: header_injection\n      headerName: X-Key\n      headerValue: hush\n";
    auto bench = with_group();
    bench.platform = Platform::cluster;
    bench.engine.auths = {{.name = "found", .type = "tokenExchange", .settings = {}}};
    for (const auto* name : {"fetch", "github"})
        bench.engine.add(name, State::running, "tools").place =
            OnCluster{.name_space = "prod", .kind = "MCPServer", .phase = "Ready", .auth_config = "found"};

    auto backends = nlohmann::json::parse(bench.thv({"vmcp", "discover", "tools", "--format", "json"}).out)["backends"];
    CHECK(backends[0]["auth"] ==
          nlohmann::json{{"type", "token_exchange"}, {"origin", "discovered"}, {"reference", "found"}});

    const auto answer = bench.thv({"vmcp", "discover", "tools", "--auth-config", file, "--format", "json"});
    CHECK(answer.out.find("hush") == std::string::npos);
    backends = nlohmann::json::parse(answer.out)["backends"];
    CHECK(backends[0]["auth"] == nlohmann::json{{"type", "header_injection"}, {"origin", "backend"}});
    CHECK_FALSE(backends[1].contains("auth")); // what was found there is not sent when nobody said so
    CHECK(bench.thv({"vmcp", "discover", "tools", "--auth-config", "/nonexistent"}).code == 2);
}
