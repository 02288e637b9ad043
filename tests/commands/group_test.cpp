// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"
#include "support/catch.hpp"

using namespace thv;
using test::Bench;
using Answer = Bench::Answer;
using Names = std::vector<std::string>;

namespace {

Bench two_groups() {
    Bench bench;
    bench.engine.group_files["tools"] = Group{.name = "tools", .registered_clients = {"cursor"}};
    bench.engine.add("fetch", State::running, "tools");
    bench.engine.add("github");
    return bench;
}

} // namespace

TEST_CASE("groups can be created, once") {
    Bench bench;
    CHECK(bench.thv({"group", "create", "tools", "web"}) == Answer{0, "tools\nweb\n", ""});
    CHECK(bench.thv({"group", "create", "tools", "more"}) ==
          Answer{3, "more\n", "Error: group 'tools' already exists\n"});
    CHECK(bench.thv({"group", "create", "tools"}).code == 1);
    CHECK(bench.thv({"group", "create", "Tools"}).code == 2);
    CHECK(bench.thv({"group", "create"}) ==
          Answer{2, "", "Error: 'thv group create' needs NAME\nsee 'thv group create --help'\n"});
    CHECK(bench.thv({"group", "ls", "-q"}).out == "default\nmore\ntools\nweb\n");
}

TEST_CASE("group ls lists groups without an engine") {
    auto bench = two_groups();
    bench.engine.reachable = false;
    CHECK(bench.thv({"group", "list"}) == Answer{0, "NAME\ndefault\ntools\n", ""});
    CHECK(bench.thv({"group", "ls", "--format", "json"}).out == R"([
  {
    "name": "default",
    "registered_clients": []
  },
  {
    "name": "tools",
    "registered_clients": [
      "cursor"
    ]
  }
]
)");
}

TEST_CASE("group mv moves workloads and says which") {
    auto bench = two_groups();
    CHECK(bench.thv({"group", "mv", "fetch", "github", "default"}) == Answer{0, "fetch\ngithub\n", ""});
    CHECK(bench.engine.workloads.at("fetch").group == "default");
    CHECK(bench.thv({"group", "mv", "fetch", "nowhere"}) == Answer{5, "", "Error: no group named 'nowhere'\n"});
    CHECK(bench.thv({"group", "mv", "fetsh", "tools"}) ==
          Answer{5, "", "Error: no workload named 'fetsh'\ndid you mean 'fetch'?\n"});
    CHECK(bench.thv({"group", "mv", "tools"}).code == 2);
}

TEST_CASE("group mv --to names the group, so that every argument is a workload") {
    auto bench = two_groups();
    CHECK(bench.thv({"group", "mv", "fetch", "github", "--to", "default"}) == Answer{0, "fetch\ngithub\n", ""});
    CHECK(bench.engine.workloads.at("fetch").group == "default");
    CHECK(bench.thv({"group", "mv", "fetch", "--to", "tools", "--from", "default"}) == Answer{0, "fetch\n", ""});
    CHECK(bench.engine.workloads.at("fetch").group == "tools");
    CHECK(bench.thv({"group", "mv", "fetch", "--to", "no/group"}).code == 2);
}

TEST_CASE("group mv --from moves only what is there") {
    auto bench = two_groups();
    CHECK(bench.thv({"group", "mv", "--from", "tools", "fetch", "github", "default"}) ==
          Answer{3, "fetch\n", "Error: 'github' is in group 'default'\n"});
}

TEST_CASE("group rm removes an empty group without asking") {
    auto bench = two_groups();
    bench.engine.workloads.erase("fetch");
    CHECK(bench.thv({"group", "rm", "tools"}) == Answer{0, "tools\n", ""});
    CHECK(bench.engine.group_files.empty());
}

TEST_CASE("group rm asks before it touches members") {
    auto bench = two_groups();
    const Answer refused{4, "", "Error: this needs a confirmation\nuse --yes to go on without being asked\n"};
    CHECK(bench.thv({"group", "rm", "tools"}) == refused);
    bench.terminal.in = true;
    bench.typed = {"n"};
    CHECK(bench.thv({"group", "rm", "tools"}) ==
          Answer{4, "",
                 "Group 'tools' has 1 workload. Move them to 'default' and remove the group? [y/N] "
                 "Error: group 'tools' was not removed\n"});
    CHECK(bench.engine.group_files.contains("tools"));
    bench.typed = {"y"};
    CHECK(bench.thv({"group", "rm", "tools"}).code == 0);
    CHECK(bench.engine.workloads.at("fetch").group == "default");
    CHECK_FALSE(bench.engine.group_files.contains("tools"));
}

TEST_CASE("group rm --with-workloads removes its workloads and no others") {
    auto bench = two_groups();
    CHECK(bench.thv({"group", "rm", "--with-workloads", "-y", "tools"}) == Answer{0, "tools\n", ""});
    CHECK(bench.engine.names() == Names{"github"});
}

TEST_CASE("a group stays when not all of its members could be dealt with") {
    auto bench = two_groups();
    bench.engine.add("memory", State::running, "tools");
    bench.engine.broken.emplace("memory", Error{Fault::unreachable, "cannot remove 'memory'"});
    CHECK(bench.thv({"group", "rm", "--with-workloads", "-y", "tools"}) ==
          Answer{3, "", "Error: cannot remove 'memory'\nError: group 'tools' was not removed\n"});
    CHECK(bench.engine.names() == Names{"github", "memory"});
    CHECK(bench.engine.group_files.contains("tools"));
}

TEST_CASE("the default group stays, and a group that does not exist cannot go") {
    auto bench = two_groups();
    CHECK(bench.thv({"group", "rm", "default", "--yes"}).code == 4);
    CHECK(bench.thv({"group", "rm", "toolz"}) == Answer{5, "", "Error: no group named 'toolz'\n"});
}
