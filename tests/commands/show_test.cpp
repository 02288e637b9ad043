// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"
#include "support/catch.hpp"

using namespace thv;
using namespace std::chrono_literals;
using test::Bench;
using Answer = Bench::Answer;

TEST_CASE("status shows one workload and why it is in its state") {
    Bench bench;
    bench.engine.add("fetch", State::unhealthy, "tools").reason = "the server exited with code 1";
    CHECK(bench.thv({"status", "fetch"}) == Answer{0,
                                                   "Name:       fetch\n"
                                                   "Status:     unhealthy\n"
                                                   "Reason:     the server exited with code 1\n"
                                                   "Package:    example/fetch:1\n"
                                                   "URL:        http://127.0.0.1:20000/mcp\n"
                                                   "Port:       20000\n"
                                                   "Transport:  stdio\n"
                                                   "Proxy Mode: streamable-http\n"
                                                   "Group:      tools\n"
                                                   "Created:    2026-03-01T09:30:00Z\n",
                                                   ""});
}

TEST_CASE("status --format json has upstream's keys in upstream's order") {
    Bench bench;
    bench.engine.add("fetch", State::running, "tools").started_at = now() - 26h - 3min - 5s;
    CHECK(bench.thv({"status", "fetch", "--format", "json"}).out == R"({
  "name": "fetch",
  "status": "running",
  "package": "example/fetch:1",
  "url": "http://127.0.0.1:20000/mcp",
  "port": 20000,
  "transport": "stdio",
  "proxy_mode": "streamable-http",
  "group": "tools",
  "uptime": "1d 2h 3m"
}
)");
    bench.engine.workloads.at("fetch").state = State::error;
    bench.engine.workloads.at("fetch").reason = "no image";
    const auto out = bench.thv({"status", "fetch", "--format", "json"}).out;
    CHECK_THAT(out, ContainsSubstring("\"status\": \"error\",\n  \"health\": \"no image\","));
    CHECK_THAT(out, !ContainsSubstring("uptime"));
}

TEST_CASE("status of a remote server names its address") {
    Bench bench;
    bench.engine.add("far").place = Remote{.url = "https://mcp.example.com/sse"};
    CHECK_THAT(bench.thv({"status", "far"}).out, ContainsSubstring("Remote:     https://mcp.example.com/sse\n"));
    CHECK_THAT(bench.thv({"ls", "--format", "json"}).out,
               ContainsSubstring("\"remote\": true,\n    \"started_at\": \"0001-01-01T00:00:00Z\""));
}

TEST_CASE("status needs the name of a workload that exists") {
    Bench bench;
    bench.engine.add("fetch");
    CHECK(bench.thv({"status", "fetc"}) == Answer{5, "", "Error: no workload named 'fetc'\ndid you mean 'fetch'?\n"});
    CHECK(bench.thv({"status"}).code == 2);
    CHECK(bench.thv({"status", "a/b"}).code == 2);
}

TEST_CASE("logs prints both streams of the server to stdout") {
    Bench bench;
    bench.engine.add("fetch");
    bench.engine.server_logs["fetch"] = {{"one", true}, {"two", false}, {"three", true}};
    bench.engine.proxy_logs["fetch"] = {{"listening"}};
    CHECK(bench.thv({"logs", "fetch"}) == Answer{0, "one\ntwo\nthree\n", ""});
    CHECK(bench.thv({"logs", "-n", "1", "fetch"}).out == "three\n");
    CHECK(bench.thv({"logs", "--tail", "0", "fetch"}).out.empty());
    CHECK(bench.thv({"logs", "--tail", "all", "fetch"}).out == "one\ntwo\nthree\n");
    CHECK(bench.thv({"logs", "fetch", "--proxy"}).out == "listening\n");
}

TEST_CASE("logs passes on what was asked for") {
    Bench bench;
    bench.engine.add("fetch");
    CHECK(bench.thv({"logs", "-f", "-t", "--since", "2026-03-01T09:30:00Z", "fetch"}).code == 0);
    CHECK(bench.engine.last_tail.follow);
    CHECK(bench.engine.last_tail.timestamps);
    CHECK(bench.engine.last_tail.since == parse_rfc3339("2026-03-01T09:30:00Z").value());
    CHECK(bench.thv({"logs", "--since", "10m", "fetch"}).code == 0);
    CHECK(now() - *bench.engine.last_tail.since >= 10min);
    CHECK(now() - *bench.engine.last_tail.since < 11min);
    CHECK_FALSE(bench.engine.last_tail.follow);
}

TEST_CASE("logs refuses what is no number and no time") {
    Bench bench;
    bench.engine.add("fetch");
    CHECK(bench.thv({"logs", "fetch", "--tail", "-1"}) ==
          Answer{2, "", "Error: invalid value '-1' for --tail: it must be a number or 'all'\n"});
    CHECK(bench.thv({"logs", "fetch", "--since", "yesterday"}).code == 2);
    CHECK(bench.thv({"logs", "fetsh"}) == Answer{5, "", "Error: no workload named 'fetsh'\ndid you mean 'fetch'?\n"});
}

TEST_CASE("a server cannot play with the terminal through its log, and a pipe gets every byte") {
    Bench bench;
    bench.engine.add("fetch");
    bench.engine.server_logs["fetch"] = {{"\x1b[31mred\x1b[0m \x1b]0;title\x07"}};
    CHECK(bench.thv({"logs", "fetch"}).out == "\x1b[31mred\x1b[0m \x1b]0;title\x07\n");
    bench.terminal.out = true;
    CHECK(bench.thv({"logs", "fetch"}).out == "\x1b[31mred\x1b[0m ?]0;title?\n");
}

TEST_CASE("runtime check shows every place and which engine is used") {
    Bench bench;
    bench.probes.places = {{.source = "DOCKER_HOST",
                            .socket = "/run/gone.sock",
                            .answered = false,
                            .reason = "no such file",
                            .engine = {},
                            .version = {},
                            .api_version = {}},
                           {.source = "known socket",
                            .socket = "/run/podman.sock",
                            .answered = true,
                            .reason = {},
                            .engine = "podman",
                            .version = "4.3.1",
                            .api_version = "1.41"},
                           {.source = "known socket",
                            .socket = "/run/docker.sock",
                            .answered = true,
                            .reason = {},
                            .engine = "docker",
                            .version = "20.10",
                            .api_version = "1.41"}};
    CHECK(bench.thv({"runtime", "check"}) ==
          Answer{0,
                 "SOURCE        SOCKET            ENGINE  VERSION  API   ANSWER\n"
                 "DOCKER_HOST   /run/gone.sock                           no such file\n"
                 "known socket  /run/podman.sock  podman  4.3.1    1.41  yes, used\n"
                 "known socket  /run/docker.sock  docker  20.10    1.41  yes\n",
                 ""});
    bench.probes.places.resize(1);
    const auto answer = bench.thv({"runtime", "check", "--format", "json"});
    CHECK(answer.code == 6);
    CHECK(answer.out == R"([
  {
    "source": "DOCKER_HOST",
    "socket": "/run/gone.sock",
    "answered": false,
    "reason": "no such file"
  }
]
)");
    CHECK(answer.err == "Error: no container engine answers\n"
                        "start Docker or Podman, or name its socket in DOCKER_HOST or CONTAINER_HOST\n");
}
