// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

using namespace thv;
using test::Bench;
using Answer = Bench::Answer;

namespace {

constexpr auto text = R"(version: 1
groups: [tools]
workloads:
  fetch: {image: "mcp/fetch:2", transport: stdio}
  fresh: {image: "mcp/fresh:1", transport: stdio, group: tools}
)";

Bench with_fetch() {
    Bench bench;
    RunConfig config;
    config.name = config.base_name = config.container_name = "fetch";
    config.image = "mcp/fetch:1";
    config.permission_profile = builtin_profile("network").value();
    bench.engine.add("fetch");
    bench.engine.configs["fetch"] = config;
    bench.input = text;
    return bench;
}

} // namespace

TEST_CASE("diff tells what apply would do, and by its exit code whether that is anything") {
    auto bench = with_fetch();
    const Answer shown{1,
                       "+ group tools\n~ fetch\n- image: mcp/fetch:1\n+ image: mcp/fetch:2\n+ fresh\n"
                       "+ image: mcp/fresh:1\n+ transport: stdio\n+ group: tools\n",
                       ""};
    CHECK(bench.thv({"diff", "-f", "-"}) == shown);
    CHECK(bench.engine.names() == std::vector<std::string>{"fetch"});
    CHECK(bench.thv({"apply", "-f", "-", "--dry-run"}).out ==
          "group/tools created (dry run)\nworkload/fetch updated (dry run)\nworkload/fresh created (dry run)\n");
    CHECK(bench.thv({"diff", "-f", "-"}) == shown);
    CHECK(bench.thv({"apply", "-f", "-"}).out ==
          "group/tools created\nworkload/fetch updated\nworkload/fresh created\n");
    CHECK(bench.engine.configs.at("fetch").image == "mcp/fetch:2");
    CHECK(bench.engine.configs.at("fresh").group == "tools");
    CHECK(bench.thv({"diff", "-f", "-"}) == Answer{0, "", ""});
}

TEST_CASE("a failure to find out is neither difference nor agreement to diff") {
    auto bench = with_fetch();
    bench.input = "version: 1\nworkloads: {x: {image: i, group: nowhere}}\n";
    CHECK(bench.thv({"diff", "-f", "-"}).code == 5);
    CHECK(bench.thv({"diff", "-f", "/no/such/file"}).code == 2);
    CHECK(bench.thv({"diff"}).code == 2);
    bench.input = "version: 7\n";
    const auto answer = bench.thv({"diff", "-f", "-"});
    CHECK(answer.code == 2);
    CHECK(answer.err == "Error: stdin: field 'version' must be 1\nNothing was changed because of it\n");
}

TEST_CASE("apply tells every failure by its workload, and goes on") {
    auto bench = with_fetch();
    bench.engine.broken.emplace("fresh", Error{Fault::conflict, "no"});
    CHECK(bench.thv({"apply", "-f", "-"}) ==
          Answer{3, "group/tools created\nworkload/fetch updated\n", "Error: workload 'fresh': no\n"});
}

TEST_CASE("files of a folder are read in their order, and an empty folder is a mistake") {
    test::TempFolder folder;
    Bench bench;
    test::spill(folder.path() / "b.yaml", "version: 1\nworkloads: {b: {image: i, transport: stdio}}\n");
    test::spill(folder.path() / "a.json",
                R"({"version": 1, "workloads": {"a": {"image": "i", "transport": "stdio"}}})");
    test::spill(folder.path() / "notes.txt", "none of ours");
    CHECK(bench.thv({"apply", "-f", folder.path().string()}).out == "workload/a created\nworkload/b created\n");
    test::TempFolder empty;
    CHECK(bench.thv({"apply", "-f", empty.path().string()}).code == 2);
}

TEST_CASE("a remote server of a file is one as run makes it, and is exported as it was told") {
    Bench bench;
    const auto file =
        "version: 1\nworkloads:\n  away:\n    remote_url: https://mcp.example.com/mcp\n    transport: sse\n";
    bench.input = file;
    CHECK(bench.thv({"apply", "-f", "-"}).out == "workload/away created\n");
    const auto& config = bench.engine.configs.at("away");
    CHECK(config.target_host == "mcp.example.com");
    CHECK(config.proxy_mode == ProxyMode::sse);
    CHECK(bench.thv({"export", "away", "--format", "yaml"}) == Answer{0, std::string{file} + "    port: 20000\n", ""});
}

TEST_CASE("export writes several workloads as a workload file only") {
    auto bench = with_fetch();
    const auto file = "version: 1\nworkloads:\n  fetch:\n    image: mcp/fetch:1\n    transport: stdio\n";
    CHECK(bench.thv({"export", "fetch", "--format", "yaml"}) == Answer{0, file, ""});
    CHECK(bench.thv({"export", "--all", "--format", "yaml"}) == Answer{0, file, ""});
    CHECK(bench.thv({"export", "--group", "default", "--format", "yaml"}) == Answer{0, file, ""});
    CHECK(bench.thv({"export", "--group", "nowhere", "--format", "yaml"}).code == 5);
    CHECK(bench.thv({"export", "--all"}).code == 2);
    CHECK(bench.thv({"export"}).code == 2);
    CHECK(bench.thv({"export", "--all", "--group", "default", "--format", "yaml"}).code == 2);
    test::TempFolder folder;
    const auto path = folder.path() / "all.yaml";
    CHECK(bench.thv({"export", "--all", "--format", "yaml", path.string()}).code == 0);
    CHECK(test::slurp(path) == file);
}

TEST_CASE("group run runs every run config of a folder, or none when one is wrong") {
    test::TempFolder folder;
    Bench bench;
    const auto config = [](const std::string& name) {
        return R"({"image": "i", "transport": "stdio", "name": ")" + name + R"("})";
    };
    test::spill(folder.path() / "1.json", config("one"));
    test::spill(folder.path() / "2.yaml", "image: i\ntransport: stdio\nname: two\n");
    CHECK(bench.thv({"group", "run", folder.path().string()}).out == "one\ntwo\n");
    CHECK(bench.engine.names() == std::vector<std::string>{"one", "two"});
    test::spill(folder.path() / "3.json", config("one"));
    const auto twice = bench.thv({"group", "run", folder.path().string()});
    CHECK(twice.code == 2);
    CHECK_THAT(twice.err, ContainsSubstring("3.json: another file has a workload 'one', too"));
    test::spill(folder.path() / "3.json", "{");
    CHECK(bench.thv({"group", "run", folder.path().string()}).code == 2);
    test::TempFolder empty;
    CHECK(bench.thv({"group", "run", empty.path().string()}).code == 2);
}

TEST_CASE("group mv --all moves everything, or everything of one group") {
    Bench bench;
    bench.engine.group_files["tools"] = Group{.name = "tools", .registered_clients = {}};
    bench.engine.group_files["web"] = Group{.name = "web", .registered_clients = {}};
    bench.engine.add("a", State::running, "tools");
    bench.engine.add("b", State::stopped, "web");
    bench.engine.add("c");
    CHECK(bench.thv({"group", "mv", "--all", "--from", "tools", "web", "--dry-run"}) == Answer{0, "a\n", ""});
    CHECK(bench.engine.workloads.at("a").group == "tools");
    CHECK(bench.thv({"group", "mv", "--all", "--from", "tools", "web"}) == Answer{0, "a\n", ""});
    CHECK(bench.thv({"group", "mv", "--all", "--to", "web"}) == Answer{0, "c\n", ""});
    CHECK(bench.engine.workloads.at("c").group == "web");
    CHECK(bench.thv({"group", "mv", "--all", "--from", "nowhere", "web"}).code == 5);
    CHECK(bench.thv({"group", "mv", "--all", "c", "--to", "web"}).code == 2);
    CHECK(bench.thv({"group", "mv", "--all"}).code == 2);
    CHECK(bench.thv({"group", "mv", "--dry-run", "c", "nobody", "--from", "tools", "--to", "web"}).code != 0);
    CHECK(bench.thv({"group", "mv", "--dry-run", "c", "--to", "nowhere"}).code == 5);
}

TEST_CASE("profile show prints a built-in profile or a file's") {
    Bench bench;
    CHECK(bench.thv({"profile", "show", "network"}).out ==
          "name: network\nnetwork:\n  outbound:\n    insecure_allow_all: true\n  inbound: {}\n");
    test::TempFolder folder;
    const auto file = folder.path() / "p.yaml";
    test::spill(file, "network: {mode: none}\n");
    CHECK(bench.thv({"profile", "show", file.string(), "--format", "json"}).out ==
          "{\n  \"network\": {\n    \"mode\": \"none\"\n  }\n}\n");
    CHECK(bench.thv({"profile", "show", "/no/such/file"}).code == 2);
}

TEST_CASE("labels and variables of a workload file are held to what the flags are") {
    Bench bench;
    bench.input = "version: 1\nworkloads:\n  a: {image: i, transport: stdio, labels: {\"a b\": c}}\n"
                  "  b: {image: i, transport: stdio, env: {\"A B\": c}}\n"
                  "  c: {image: i, transport: stdio, volumes: [\"/usr:/d\"], tmpfs: [/d]}\n";
    const auto answer = bench.thv({"apply", "-f", "-"});
    CHECK(answer.code == 2);
    CHECK_THAT(answer.err, ContainsSubstring("field 'labels': invalid label 'a b=c'") &&
                               ContainsSubstring("field 'env': 'A B' is no name of a variable") &&
                               ContainsSubstring("'/d' cannot be both a volume and a tmpfs") &&
                               ContainsSubstring("Nothing was changed because of these 3 mistakes"));
    CHECK(bench.engine.names().empty());
}

TEST_CASE("profile check tells all mistakes of all files, and names those that are right") {
    Bench bench;
    test::TempFolder folder;
    const auto good = (folder.path() / "good.yaml").string();
    const auto bad = (folder.path() / "bad.json").string();
    test::spill(good, "read: [/etc/hosts]\n");
    test::spill(bad, R"({"reads": [], "limits": {"pids": 0}})");
    CHECK(bench.thv({"profile", "check", good}) == Answer{0, good + "\n", ""});
    CHECK(bench.thv({"profile", "check", bad, good}) ==
          Answer{2, good + "\n",
                 "Error: " + bad + ": there is no field 'reads'\nError: " + bad +
                     ": limits.pids must be a number of at least 1\n"});
    CHECK(bench.thv({"profile", "check", "/no/such/file"}).code == 2);
    CHECK(bench.thv({"run", "--transport", "stdio", "--permission-profile", bad, "img"}).code == 2);
    CHECK(bench.engine.names().empty());
}

TEST_CASE("limits of a profile hold where no flag sets others") {
    Bench bench;
    test::TempFolder folder;
    const auto file = (folder.path() / "p.yaml").string();
    test::spill(file, "limits: {memory: 64m, pids: 32}\n");
    REQUIRE(bench
                .thv({"run", "--transport", "stdio", "--name", "x", "--permission-profile", file, "--pids-limit", "8",
                      "img"})
                .code == 0);
    CHECK(bench.engine.configs.at("x").limits == ResourceLimits{.memory = 64LL << 20, .milli_cpus = {}, .pids = 8});
}
