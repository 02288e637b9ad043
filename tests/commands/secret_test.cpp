// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"
#include "io/paths.hpp"
#include "store/run_configs.hpp"
#include "support/catch.hpp"

using namespace thv;
using namespace thv::test;

namespace {

using Answer = Bench::Answer;

/// A bench with a home of its own, where the store is a real one.
struct Home {
    Bench bench;

    Home() { bench.environment = Environment{{{"TOOLHIVE_SECRETS_PASSWORD", "pw"}}}; }
    std::string store() { return (bench.paths().data / "secrets_encrypted").string(); }
    void set(const std::string& name, const std::string& value) {
        bench.input = value;
        REQUIRE(bench.thv({"secret", "set", name}).code == 0);
    }
    void use(const std::string& workload, const std::string& secret) {
        RunConfig config;
        config.name = config.base_name = workload;
        config.image = "img";
        config.secrets = {secret + ",target=X"};
        RunConfigs{bench.paths().run_configs()}.create(config);
    }
};

} // namespace

TEST_CASE("a secret is set, listed, got and deleted") {
    Home home;
    auto& bench = home.bench;
    CHECK(bench.thv({"secret", "setup"}) == Answer{0, home.store() + "\n", ""});
    CHECK(bench.thv({"secret", "provider"}) == Answer{0, "encrypted\n", ""});
    bench.input = "line\nbreaks\n\n";
    CHECK(bench.thv({"secret", "set", "B"}) == Answer{0, "B\n", ""});
    CHECK(bench.thv({"secret", "get", "B"}) == Answer{0, "line\nbreaks\n\n", ""});
    home.set("A", "1");
    CHECK(bench.thv({"secret", "list"}) == Answer{0, "NAME  USED BY\nA\nB\n", ""});
    CHECK(bench.thv({"secret", "ls", "--format", "json"}).out ==
          "[\n  {\n    \"key\": \"A\",\n    \"workloads\": []\n  },\n  {\n    \"key\": \"B\",\n    \"workloads\": []\n "
          " }\n]\n");
    CHECK(bench.thv({"secret", "delete", "--yes", "A"}) == Answer{0, "A\n", ""});
    CHECK(bench.thv({"secret", "get", "A"}) ==
          Answer{5, "", "Error: there is no secret 'A'\nstore it with 'thv secret set A'\n"});
    CHECK(bench.thv({"secret", "delete", "--yes", "A"}).code == 5);
}

TEST_CASE("the list of secrets says who uses them") {
    Home home;
    auto& bench = home.bench;
    REQUIRE(bench.thv({"secret", "setup"}).code == 0);
    home.set("A", "1");
    home.set("B", "2");
    home.use("web", "A");
    home.use("api", "A");
    CHECK(bench.thv({"secret", "list"}).out == "NAME  USED BY\nA     api, web\nB\n");
    CHECK_THAT(bench.thv({"secret", "list", "--format", "json"}).out, ContainsSubstring("\"api\",\n      \"web\""));
}

TEST_CASE("nothing is stored before there is a store, and nothing empty") {
    Home home;
    auto& bench = home.bench;
    bench.input = "x";
    CHECK(bench.thv({"secret", "set", "A"}) ==
          Answer{1, "", "Error: no store of secrets has been set up\nrun 'thv secret setup' first\n"});
    CHECK(bench.thv({"secret", "provider"}).code == 5);
    REQUIRE(bench.thv({"secret", "setup"}).code == 0);
    bench.input = "\n";
    CHECK(bench.thv({"secret", "set", "A"}).code == 2);
    bench.input = "x";
    CHECK(bench.thv({"secret", "set", "__thv_a"}).code == 4);
    CHECK(bench.thv({"secret", "provider", "1password"}).code == 1);
    CHECK(bench.thv({"secret", "provider", "environment"}) == Answer{0, "environment\n", ""});
    CHECK(bench.thv({"secret", "set", "A"}).code == 1);
}

TEST_CASE("at a terminal a value is asked for, and never shown") {
    Home home;
    auto& bench = home.bench;
    REQUIRE(bench.thv({"secret", "setup"}).code == 0);
    bench.terminal.in = true;
    bench.typed = {"hush"};
    CHECK(bench.thv({"secret", "set", "A"}) == Answer{0, "A\n", "Value of A: \n"});
    bench.typed = {};
    CHECK(bench.thv({"secret", "set", "A"}).code == 2);
    CHECK(bench.thv({"secret", "get", "A"}).out == "hush\n");
}

TEST_CASE("deleting says who uses a secret, and asks") {
    Home home;
    auto& bench = home.bench;
    REQUIRE(bench.thv({"secret", "setup"}).code == 0);
    home.set("A", "1");
    home.use("fetch", "A");
    home.use("github", "A");
    const auto refused = bench.thv({"secret", "rm", "A"});
    CHECK(refused.code == 4);
    CHECK_THAT(refused.err, StartsWith("Warning: the secret 'A' is used by the workloads fetch, github\n"));
    bench.terminal.in = true;
    bench.typed = {"n"};
    CHECK(bench.thv({"secret", "rm", "A"}).code == 4);
    bench.typed = {"y"};
    CHECK_THAT(bench.thv({"secret", "rm", "A"}).err, ContainsSubstring("Delete the secret 'A' all the same? [y/N] "));
    CHECK(bench.thv({"secret", "get", "A"}).code == 5);
}

TEST_CASE("a new value is told to need a restart") {
    Home home;
    REQUIRE(home.bench.thv({"secret", "setup"}).code == 0);
    home.use("fetch", "A");
    home.bench.input = "1";
    CHECK(home.bench.thv({"secret", "set", "A"}) ==
          Answer{0, "A\n", "Warning: a restart gives the new value to the workload fetch\n"});
}
