// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"
#include "support/catch.hpp"

using namespace thv;
using test::Bench;
using Answer = Bench::Answer;

namespace {

Bench three_workloads() {
    Bench bench;
    bench.engine.add("fetch", State::running, "tools");
    bench.engine.add("github");
    bench.engine.add("old", State::stopped, "tools");
    bench.engine.group_files["tools"] = Group{.name = "tools", .registered_clients = {}};
    return bench;
}

} // namespace

TEST_CASE("ls shows what runs, in columns that scripts can split") {
    auto bench = three_workloads();
    CHECK(
        bench.thv({"ls"}) ==
        Answer{0,
               "NAME    PACKAGE           STATUS   URL                         PORT   GROUP    CREATED\n"
               "fetch   example/fetch:1   running  http://127.0.0.1:20000/mcp  20000  tools    2026-03-01T09:30:00Z\n"
               "github  example/github:1  running  http://127.0.0.1:20001/mcp  20001  default  2026-03-01T09:30:00Z\n",
               ""});
}

TEST_CASE("ls gives the reason of a state where there is one") {
    Bench bench;
    bench.engine.add("fetch", State::unhealthy).reason = "exited with code 1";
    CHECK(
        bench.thv({"ls"}).out ==
        "NAME   PACKAGE          STATUS     URL                         PORT   GROUP    CREATED               REASON\n"
        "fetch  example/fetch:1  unhealthy  http://127.0.0.1:20000/mcp  20000  default  2026-03-01T09:30:00Z  exited "
        "with code 1\n");
}

TEST_CASE("ls --all, --group, --label and --quiet choose what is shown") {
    auto bench = three_workloads();
    bench.engine.workloads.at("github").labels = {{"team", "ops"}};
    const auto [words, expected] = GENERATE(table<std::vector<std::string>, std::string>({
        {{"ls", "-q"}, "fetch\ngithub\n"},
        {{"ls", "-aq"}, "fetch\ngithub\nold\n"},
        {{"ps", "--all", "--quiet", "--group", "tools"}, "fetch\nold\n"},
        {{"list", "-q", "--group=tools"}, "fetch\n"},
        {{"ls", "-q", "-l", "team=ops"}, "github\n"},
        {{"ls", "-q", "-l", "team=ops", "-l", "tier=1"}, ""},
        {{"--debug", "ls", "-q"}, "fetch\ngithub\n"},
        {{"ls", "-q", "--debug"}, "fetch\ngithub\n"},
    }));
    CHECK(bench.thv(words) == Answer{0, expected, ""});
}

TEST_CASE("ls says how many it left out, to a person only") {
    auto bench = three_workloads();
    CHECK(bench.thv({"ls"}).err.empty());
    bench.terminal.err = true;
    CHECK(bench.thv({"ls"}).err == "1 not running; use --all to see it\n");
    CHECK(bench.thv({"ls", "--all"}).err.empty());
    CHECK(bench.thv({"ls", "-q"}).err.empty());
    CHECK(bench.thv({"ls", "--format", "json"}).err.empty());
}

TEST_CASE("ls on a terminal shows ages and cuts what does not fit") {
    Bench bench;
    bench.engine.add("fetch").package = "registry.example.com/a/very/long/path/to/the/image:with-a-tag";
    bench.engine.workloads.at("fetch").created_at = now() - std::chrono::hours{72};
    bench.terminal.out = true;
    bench.terminal.width = 100;
    CHECK(bench.thv({"ls"}).out ==
          "NAME   PACKAGE                       STATUS   URL                         PORT   GROUP    CREATED\n"
          "fetch  registry.example.com/a/very…  running  http://127.0.0.1:20000/mcp  20000  default  3 days ago\n");
}

TEST_CASE("ls --format json has upstream's keys in upstream's order") {
    Bench bench;
    auto& workload = bench.engine.add("fetch", State::unhealthy, "tools");
    workload.reason = "no proxy";
    workload.labels = {{"team", "ops"}};
    workload.started_at = parse_rfc3339("2026-03-01T09:30:01.5Z").value();
    CHECK(bench.thv({"ls", "--format", "json"}).out == R"([
  {
    "name": "fetch",
    "package": "example/fetch:1",
    "url": "http://127.0.0.1:20000/mcp",
    "port": 20000,
    "transport_type": "stdio",
    "proxy_mode": "streamable-http",
    "status": "unhealthy",
    "status_context": "no proxy",
    "created_at": "2026-03-01T09:30:00.25Z",
    "labels": {
      "team": "ops"
    },
    "group": "tools",
    "started_at": "2026-03-01T09:30:01.5Z"
  }
]
)");
}

TEST_CASE("nothing to list is an empty array in JSON and a sentence on stderr in text") {
    Bench bench;
    CHECK(bench.thv({"ls", "--format", "json"}) == Answer{0, "[]\n", ""});
    CHECK(bench.thv({"ls", "--format", "mcpservers"}) == Answer{0, "{\n  \"mcpServers\": {}\n}\n", ""});
    CHECK(bench.thv({"ls"}) == Answer{0, "", "No MCP servers found\n"});
    CHECK(bench.thv({"ls", "--group", "default"}) == Answer{0, "", "No MCP servers found in group 'default'\n"});
}

TEST_CASE("ls --group of a group that does not exist is an error, not an empty list") {
    Bench bench;
    CHECK(bench.thv({"ls", "--group", "toolz"}) == Answer{5, "", "Error: no group named 'toolz'\n"});
}

TEST_CASE("ls --format mcpservers is what clients keep in their configuration") {
    auto bench = three_workloads();
    CHECK(bench.thv({"ls", "--format", "mcpservers", "--group", "tools"}).out == R"({
  "mcpServers": {
    "fetch": {
      "type": "streamable-http",
      "url": "http://127.0.0.1:20000/mcp"
    }
  }
}
)");
}

TEST_CASE("escape sequences from outside do not reach the terminal") {
    Bench bench;
    auto& workload = bench.engine.add("fetch", State::unhealthy);
    workload.reason = "\x1b]0;title\x07 and\nmore \xc2\x9b"
                      "2J";
    workload.package = "bad\xff";
    const auto out = bench.thv({"ls"}).out;
    CHECK_THAT(out, ContainsSubstring("?]0;title? and more ?2J"));
    CHECK(bench.thv({"ls", "--format", "json"}).code == 0);
}

TEST_CASE("an engine that does not answer gives exit code 6") {
    Bench bench;
    bench.engine.reachable = false;
    CHECK(bench.thv({"ls"}) == Answer{6, "", "Error: the container engine does not answer\n"});
}
