// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"
#include "support/catch.hpp"

using namespace thv;
using namespace std::chrono_literals;
using test::Bench;
using Answer = Bench::Answer;
using Names = std::vector<std::string>;

namespace {

Bench tools_and_others() {
    Bench bench;
    bench.engine.add("fetch", State::running, "tools");
    bench.engine.add("github", State::running);
    bench.engine.add("memory", State::unhealthy, "tools");
    bench.engine.add("old", State::stopped);
    bench.engine.group_files["tools"] = Group{.name = "tools", .registered_clients = {}};
    bench.engine.group_files["empty"] = Group{.name = "empty", .registered_clients = {}};
    return bench;
}

} // namespace

TEST_CASE("stop NAME stops that workload and prints its name") {
    auto bench = tools_and_others();
    CHECK(bench.thv({"stop", "fetch"}) == Answer{0, "fetch\n", ""});
    CHECK(bench.engine.running() == Names{"github"});
    CHECK_FALSE(bench.engine.last_ending.timeout);
}

TEST_CASE("stop --group leaves the other workloads running") {
    auto bench = tools_and_others();
    CHECK(bench.thv({"stop", "--group", "tools"}) == Answer{0, "fetch\nmemory\n", ""});
    CHECK(bench.engine.running() == Names{"github"});
}

TEST_CASE("stop --all stops everything that is not at rest, with the time that was asked for") {
    auto bench = tools_and_others();
    CHECK(bench.thv({"stop", "--all", "--timeout", "5"}) == Answer{0, "fetch\ngithub\nmemory\n", ""});
    CHECK(bench.engine.running().empty());
    CHECK(bench.engine.last_ending.timeout == std::optional<Duration>{5s});
    CHECK(bench.thv({"stop", "--all"}) == Answer{0, "", "No running workloads to stop\n"});
}

TEST_CASE("stopping what is stopped is a success") {
    auto bench = tools_and_others();
    CHECK(bench.thv({"stop", "old"}) == Answer{0, "old\n", ""});
}

TEST_CASE("a name given twice is one workload") {
    auto bench = tools_and_others();
    CHECK(bench.thv({"stop", "fetch", "fetch"}).out == "fetch\n");
}

TEST_CASE("one failure does not hide what worked, and has its own exit code") {
    auto bench = tools_and_others();
    bench.engine.broken.emplace("github", Error{Fault::timed_out, "cannot stop 'github': no answer in 30 s"});
    CHECK(bench.thv({"stop", "fetch", "github"}) ==
          Answer{3, "fetch\n", "Error: cannot stop 'github': no answer in 30 s\n"});
    CHECK(bench.thv({"stop", "github"}).code == 124);
}

TEST_CASE("a name that does not exist is exit code 5 with the names it is near to") {
    auto bench = tools_and_others();
    const auto command = GENERATE("stop", "rm", "start", "restart");
    CHECK(bench.thv({command, "fetsh"}) == Answer{5, "", "Error: no workload named 'fetsh'\ndid you mean 'fetch'?\n"});
    CHECK(bench.thv({command, "nothing-like-it"}).err ==
          "Error: no workload named 'nothing-like-it'\nrun 'thv ls --all' to see every workload\n");
}

TEST_CASE("--label takes the workloads that have all of these labels, in a group or everywhere") {
    auto bench = tools_and_others();
    for (const auto* name : {"fetch", "github", "old"})
        bench.engine.workloads.at(name).labels = {{"team", "ops"}, {"tier", name}};
    CHECK(bench.thv({"stop", "-l", "team=dev"}) == Answer{0, "", "No running workloads to stop\n"});
    CHECK(bench.thv({"restart", "-l", "team=ops", "--label", "tier=old"}).out == "old\n");
    CHECK(bench.thv({"stop", "-l", "team=ops", "--group", "tools"}).out == "fetch\n");
    CHECK(bench.thv({"stop", "-l", "team=ops"}).out == "github\nold\n");
    CHECK(bench.thv({"rm", "-l", "team=ops"}).out == "fetch\ngithub\nold\n");
    CHECK(bench.engine.names() == Names{"memory"});
    CHECK(bench.thv({"rm", "-l", "team"}) ==
          Answer{2, "", "Error: --label: invalid label 'team'\nwrite it as KEY=VALUE\n"});
    CHECK(bench.thv({"rm", "-l", "=x"}).code == 2);
    CHECK(bench.thv({"rm", "-l", "team=dev", "-l", "team=ops"}).code == 2);
    CHECK(bench.engine.names() == Names{"memory"});
}

TEST_CASE("what is meant must be said once: names, --group or --label, or --all") {
    auto bench = tools_and_others();
    const auto command = GENERATE("stop", "rm", "start", "restart");
    CHECK(bench.thv({command}) == Answer{2, "",
                                         "Error: no workload was named\ngive names, --group GROUP, --label LABEL, or "
                                         "--all\n"});
    const auto too_much = GENERATE(values<Names>({{"--all", "fetch"},
                                                  {"--group", "tools", "fetch"},
                                                  {"-a", "-g", "tools"},
                                                  {"-l", "a=b", "fetch"},
                                                  {"-l", "a=b", "-a"}}));
    Names words{command};
    words.insert(words.end(), too_much.begin(), too_much.end());
    CHECK(bench.thv(words) == Answer{2, "", "Error: names, --all, and --group or --label exclude each other\n"});
    CHECK(bench.engine.running() == Names{"fetch", "github"});
}

TEST_CASE("an invalid name changes nothing") {
    auto bench = tools_and_others();
    const auto command = GENERATE("stop", "rm", "restart");
    CHECK(bench.thv({command, "fetch", "../x"}).code == 2);
    CHECK(bench.engine.running() == Names{"fetch", "github"});
}

TEST_CASE("a group that does not exist is not an empty group") {
    auto bench = tools_and_others();
    CHECK(bench.thv({"stop", "--group", "toolz"}) == Answer{5, "", "Error: no group named 'toolz'\n"});
    CHECK(bench.thv({"stop", "--group", "empty"}) == Answer{0, "", "No running workloads to stop\n"});
    CHECK(bench.thv({"rm", "--group", "empty"}) == Answer{0, "", "No workloads to remove\n"});
    CHECK(bench.thv({"start", "--group", "empty"}) == Answer{0, "", "No workloads to start\n"});
}

TEST_CASE("rm forgets a workload, running or not") {
    auto bench = tools_and_others();
    CHECK(bench.thv({"rm", "fetch", "old"}) == Answer{0, "fetch\nold\n", ""});
    CHECK(bench.engine.names() == Names{"github", "memory"});
    CHECK_FALSE(bench.engine.last_ending.timeout);
}

TEST_CASE("rm --all means all, not only those that run") {
    auto bench = tools_and_others();
    CHECK(bench.thv({"rm", "--all"}).out == "fetch\ngithub\nmemory\nold\n");
    CHECK(bench.engine.names().empty());
}

TEST_CASE("rm --force gives the server no time") {
    auto bench = tools_and_others();
    CHECK(bench.thv({"rm", "-f", "fetch"}).code == 0);
    CHECK(bench.engine.last_ending.force);
}

TEST_CASE("rm --ignore-not-found forgives a name that does not exist, and nothing else") {
    auto bench = tools_and_others();
    CHECK(bench.thv({"rm", "--ignore-not-found", "gone", "fetch"}) == Answer{0, "fetch\n", ""});
    bench.engine.broken.emplace("github", Error{Fault::unreachable, "no engine"});
    CHECK(bench.thv({"rm", "--ignore-not-found", "github"}) == Answer{6, "", "Error: no engine\n"});
}

TEST_CASE("start leaves alone what runs and starts what does not") {
    auto bench = tools_and_others();
    CHECK(bench.thv({"start", "fetch", "old"}) == Answer{0, "fetch\nold\n", "Starting old …\n"});
    CHECK(bench.engine.started == Names{"old"});
    CHECK(bench.engine.last_waiting.limit == 5min);
}

TEST_CASE("restart starts what runs again, too") {
    auto bench = tools_and_others();
    CHECK(bench.thv({"restart", "fetch", "--timeout=10s"}) == Answer{0, "fetch\n", "Starting fetch …\n"});
    CHECK(bench.engine.started == Names{"fetch"});
    CHECK(bench.engine.last_waiting.limit == 10s);
    CHECK(bench.thv({"restart", "--group", "tools"}).out == "fetch\nmemory\n");
}

TEST_CASE("start --foreground serves one workload in this process") {
    auto bench = tools_and_others();
    bench.foreground.code = 4;
    CHECK(bench.thv({"start", "old", "--foreground"}).code == 4);
    CHECK(bench.thv({"start", "--foreground", "--debug", "fetch"}).code == 4);
    CHECK(bench.foreground.supervised == Names{"old", "fetch"});
    CHECK(bench.engine.started.empty());
}

TEST_CASE("restart --foreground stops the running one first") {
    auto bench = tools_and_others();
    CHECK(bench.thv({"restart", "-f", "fetch"}).code == 0);
    CHECK(bench.engine.running() == Names{"github"});
    CHECK(bench.foreground.supervised == Names{"fetch"});
}

TEST_CASE("--foreground takes exactly one name") {
    auto bench = tools_and_others();
    const auto words = GENERATE(values<Names>({{"a", "b"}, {"--all"}, {"--group", "tools"}, {}}));
    const auto command = GENERATE("start", "restart");
    Names all{command, "--foreground"};
    all.insert(all.end(), words.begin(), words.end());
    CHECK(bench.thv(all) == Answer{2, "", "Error: --foreground takes the name of one workload\n"});
    CHECK(bench.foreground.supervised.empty());
}

TEST_CASE("an engine that does not answer is exit code 6, and nothing was done") {
    auto bench = tools_and_others();
    bench.engine.reachable = false;
    const auto words = GENERATE(values<Names>({{"stop", "fetch"}, {"rm", "--all"}, {"start", "old"}, {"run", "img"}}));
    CHECK(bench.thv(words) == Answer{6, "", "Error: the container engine does not answer\n"});
}
