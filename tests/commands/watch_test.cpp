// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

using namespace thv;
using test::Bench;
using Answer = Bench::Answer;

namespace {

Bench one_runs_and_one_rests() {
    Bench bench;
    bench.engine.add("fetch");
    bench.engine.add("old", State::stopped);
    return bench;
}

Workload on_cluster(const std::string& name, const std::string& name_space) {
    Workload workload;
    workload.name = name;
    workload.state = State::running;
    workload.package = "mcp/" + name;
    workload.place = OnCluster{.name_space = name_space, .kind = "MCPServer", .phase = "Ready"};
    return workload;
}

} // namespace

TEST_CASE("ls --watch prints a line for each change") {
    auto bench = one_runs_and_one_rests();
    bench.engine.happenings = {
        [&] { bench.engine.workloads.at("fetch").state = State::stopped; },
        [&] { bench.engine.workloads.erase("fetch"); },
    };
    CHECK(bench.thv({"ls", "--watch"}).out ==
          "NAME   PACKAGE          STATUS   URL                         PORT   GROUP    CREATED               REASON\n"
          "fetch  example/fetch:1  running  http://127.0.0.1:20000/mcp  20000  default  2026-03-01T09:30:00Z\n"
          "fetch  example/fetch:1  stopped  http://127.0.0.1:20000/mcp  20000  default  2026-03-01T09:30:00Z\n"
          "fetch  example/fetch:1  gone     http://127.0.0.1:20000/mcp  20000  default  2026-03-01T09:30:00Z\n");
    CHECK(bench.thv({"ls", "-w", "--format", "mcpservers"}).code == 2);
}

TEST_CASE("ls --watch --format json prints one document per line") {
    Bench bench;
    bench.engine.add("fetch");
    bench.engine.happenings = {[&] { bench.engine.workloads.erase("fetch"); }};
    const auto out = bench.thv({"ls", "-w", "--format", "json"}).out;
    const auto first = nlohmann::json::parse(out.substr(0, out.find('\n')));
    const auto second = nlohmann::json::parse(out.substr(out.find('\n') + 1));
    CHECK(first["change"] == "appeared");
    CHECK(first["workload"]["name"] == "fetch");
    CHECK(second["change"] == "gone");
}

TEST_CASE("ls --all-namespaces has a column for the namespace and asks for all of them") {
    Bench bench;
    bench.platform = Platform::cluster;
    bench.engine.workloads["a"] = on_cluster("fetch", "prod");
    CHECK(bench.thv({"ls", "-A"}).out == "NAMESPACE  NAME   PACKAGE    STATUS   URL  PORT  GROUP  CREATED\n"
                                         "prod       fetch  mcp/fetch  running\n");
    CHECK(bench.engine.last_filter.all_namespaces);
    CHECK(bench.thv({"ls", "-Aq"}).out == "prod/fetch\n");
    CHECK(bench.thv({"ls", "-q"}).out == "fetch\n");
    CHECK_FALSE(bench.engine.last_filter.all_namespaces);
}

TEST_CASE("ls --format json says where on a cluster a workload is") {
    Bench bench;
    bench.engine.workloads["a"] = on_cluster("fetch", "prod");
    bench.engine.workloads["b"] = on_cluster("github", "prod");
    std::get<OnCluster>(bench.engine.workloads["a"].place).backend = PodCount{.ready = 0, .wanted = 1};
    const auto list = nlohmann::json::parse(bench.thv({"ls", "--format", "json"}).out);
    REQUIRE(list.size() == 2);
    CHECK(list[0]["namespace"] == "prod");
    CHECK(list[0]["kind"] == "MCPServer");
    CHECK(list[0]["phase"] == "Ready");
    CHECK(list[0]["server_pods"] == nlohmann::json{{"ready", 0}, {"wanted", 1}});
    CHECK_FALSE(list[1].contains("server_pods"));
}

TEST_CASE("a long list is printed in pieces whose columns do not jump") {
    Bench bench;
    for (int number = 1000; number < 2100; ++number)
        bench.engine.add("w" + std::to_string(number));
    const auto out = bench.thv({"ls"}).out;
    CHECK(std::ranges::count(out, '\n') == 1101);
    const auto heading = out.substr(0, out.find('\n'));
    const auto last = out.substr(out.rfind('\n', out.size() - 2) + 1);
    CHECK(heading.find("STATUS") == last.find("running"));
}

TEST_CASE("status shows what a cluster says of a workload") {
    Bench bench;
    auto workload = on_cluster("fetch", "prod");
    auto& place = std::get<OnCluster>(workload.place);
    place.current = false;
    place.proxy = PodCount{.ready = 1, .wanted = 1};
    place.backend = PodCount{.ready = 0, .wanted = 1};
    place.conditions = {{.type = "Ready", .status = "True", .reason = "Ready", .message = ""},
                        {.type = "GroupRefValidated", .status = "False", .reason = "x", .message = "no such group"}};
    bench.engine.workloads["fetch"] = workload;
    CHECK(bench.thv({"status", "fetch"}).out == "Name:       fetch\n"
                                                "Status:     running\n"
                                                "Package:    mcp/fetch\n"
                                                "Namespace:  prod\n"
                                                "Kind:       MCPServer\n"
                                                "Phase:      Ready (before the last change)\n"
                                                "Proxies:    1 of 1 ready\n"
                                                "Servers:    0 of 1 ready\n"
                                                "Condition:  Ready=True: Ready\n"
                                                "Condition:  GroupRefValidated=False: no such group\n");
    const auto document = nlohmann::json::parse(bench.thv({"status", "fetch", "--format", "json"}).out);
    CHECK(document["conditions"].size() == 2);
    CHECK(document["outdated"] == true);
}

TEST_CASE("the flags that choose a cluster are known before and behind every command") {
    Bench bench;
    bench.engine.add("fetch");
    for (const auto& words : std::vector<std::vector<std::string>>{
             {"--context", "c", "ls", "-q"},
             {"-n", "prod", "ls", "-q"},
             {"--namespace=prod", "ls", "-q"},
             {"ls", "-q", "-n", "prod"},
             {"ls", "-q", "--context=c"},
             {"--kubeconfig", "f", "ls", "-q"},
         }) {
        CAPTURE(words);
        CHECK(bench.thv(words) == Answer{0, "fetch\n", ""});
    }
    CHECK(bench.thv({"--context"}).code == 2);
    CHECK(bench.thv({"--contxt", "c", "ls"}).err == "Error: unknown flag '--contxt'\ndid you mean '--context'?\n");
}
