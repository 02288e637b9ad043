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

constexpr auto manifest = "apiVersion: toolhive.stacklok.dev/v1beta1\n"
                          "kind: MCPServer\n"
                          "metadata:\n"
                          "  name: fetch\n"
                          "spec:\n"
                          "  image: mcp/fetch:1\n"
                          "  transport: streamable-http\n"
                          "  proxyPort: 9000\n";

Bench with_fetch() {
    Bench bench;
    CHECK(bench.thv({"run", "--name", "fetch", "--transport", "stdio", "-e", "A=1", "mcp/fetch:1"}).code == 0);
    return bench;
}

} // namespace

TEST_CASE("export prints the run config that run --from-config takes") {
    auto bench = with_fetch();
    const auto text = bench.thv({"export", "fetch"}).out;
    CHECK(run_config_from_json(text, "x").env_vars.at("A") == "1");
    CHECK(bench.thv({"rm", "fetch"}).code == 0);
    bench.input = text;
    CHECK(bench.thv({"run", "--from-config", "-"}).code == 0);
    CHECK(bench.engine.configs.at("fetch").image == "mcp/fetch:1");
    CHECK(bench.engine.configs.at("fetch").container_labels.at("toolhive") == "true");
}

TEST_CASE("export --format k8s prints a manifest, and warns of what it cannot hold") {
    auto bench = with_fetch();
    bench.engine.configs.at("fetch").session_ttl = "2h";
    CHECK(bench.thv({"export", "fetch", "--format", "k8s", "--namespace", "prod"}) ==
          Answer{0,
                 "apiVersion: toolhive.stacklok.dev/v1beta1\n"
                 "kind: MCPServer\n"
                 "metadata:\n"
                 "  name: fetch\n"
                 "  namespace: prod\n"
                 "spec:\n"
                 "  image: mcp/fetch:1\n"
                 "  transport: stdio\n"
                 "  proxyMode: streamable-http\n"
                 "  proxyPort: 20000\n"
                 "  env:\n"
                 "  - name: A\n"
                 "    value: \"1\"\n",
                 "Warning: a cluster knows no --session-ttl, which 'fetch' has\n"});
}

TEST_CASE("export writes a file that only its owner can read") {
    auto bench = with_fetch();
    const test::TempFolder folder;
    const auto file = (folder.path() / "fetch.json").string();
    CHECK(bench.thv({"export", "fetch", file}) == Answer{0, "", "wrote " + file + "\n"});
    CHECK((std::filesystem::status(file).permissions() & std::filesystem::perms::all) ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    CHECK(bench.thv({"export", "fatch"}).err == "Error: no workload named 'fatch'\ndid you mean 'fetch'?\n");
}

TEST_CASE("run --from-config takes a manifest on either platform") {
    Bench bench;
    bench.input = manifest;
    CHECK(bench.thv({"run", "--from-config", "-"}).code == 0);
    const auto& config = bench.engine.configs.at("fetch");
    CHECK(config.port == 9000);
    CHECK(config.target_port > 0);
    CHECK(config.env_vars.at("MCP_TRANSPORT") == "streamable-http");

    Bench cluster;
    cluster.platform = Platform::cluster;
    cluster.input = manifest;
    CHECK(cluster.thv({"run", "--from-config", "-"}).code == 0);
    CHECK(cluster.engine.configs.at("fetch").target_port == 0);
    CHECK(cluster.engine.configs.at("fetch").env_vars.empty());
}

TEST_CASE("run --from-config refuses what is no config and what it cannot be combined with") {
    const auto [words, input, part] = GENERATE(table<std::vector<std::string>, std::string, std::string>({
        {{"--from-config", "-", "mcp/fetch"}, manifest, "goes with no image"},
        {{"--from-config", "-", "-e", "A=1"}, manifest, "goes with no image"},
        {{"--from-config", "-"}, "", "it must hold one document, and holds 0"},
        {{"--from-config", "-"}, "a: 1\n---\nb: 1\n", "holds 2"},
        {{"--from-config", "-"}, "a: [", "stdin:"},
        {{"--from-config", "-"}, "kind: Pod\n", "field 'kind' must be MCPServer"},
        {{"--from-config", "-"}, R"({"name": 1})", "stdin: field 'name'"},
        {{"--from-config", "-"}, R"({"name": "a", "transport": "stdio"})", "no image reference"},
        {{"--from-config", "/nonexistent/file"}, "", "there is no file"},
        {{}, "", "needs IMAGE"},
    }));
    CAPTURE(words, input);
    Bench bench;
    bench.input = input;
    auto all = words;
    all.insert(all.begin(), "run");
    const auto answer = bench.thv(all);
    CHECK(answer.code == 2);
    CHECK(answer.err.find(part) != std::string::npos);
    CHECK(bench.engine.names().empty());
}

TEST_CASE("run --dry-run prints what would be stored and stores nothing") {
    Bench bench;
    const auto answer = bench.thv({"run", "--dry-run", "--memory", "512m", "--cpus", "0.5", "--name", "w", "img"});
    CHECK(answer.code == 0);
    const auto config = run_config_from_json(answer.out, "x");
    CHECK(config.limits == ResourceLimits{.memory = 512LL << 20, .milli_cpus = 500, .pids = {}});
    CHECK(bench.engine.names().empty());
    bench.engine.add("w");
    CHECK(bench.thv({"run", "--dry-run", "--name", "w", "img"}).code == 1);
}

TEST_CASE("run on a cluster leaves to the operator what is the operator's") {
    Bench bench;
    bench.platform = Platform::cluster;
    CHECK(bench.thv({"run", "--name", "w", "--secret", "github/token,target=TOKEN", "-v", "/data:/data", "img"}).code ==
          0);
    const auto& config = bench.engine.configs.at("w");
    CHECK(config.env_vars.empty());
    CHECK(config.container_labels.empty());
    CHECK(config.target_port == 0);
    CHECK(config.secrets == std::vector<std::string>{"github/token,target=TOKEN"});
    CHECK(config.volumes == std::vector<std::string>{"/data:/data"});
}

TEST_CASE("run says what a platform does not have") {
    const auto refused = [](Platform platform, std::vector<std::string> words) {
        Bench bench;
        bench.platform = platform;
        words.insert(words.begin(), "run");
        words.emplace_back("img");
        const auto code = bench.thv(words).code;
        return code != 0 && bench.engine.names().empty();
    };
    CHECK(refused(Platform::cluster, {"--network", "host"}));
    CHECK(refused(Platform::cluster, {"--permission-profile", "profile.json"}));
    CHECK(refused(Platform::cluster, {"-v", "data:/data"}));
    CHECK(refused(Platform::cluster, {"--foreground"}));
    CHECK(refused(Platform::engine, {"--secret", "github"}));
    CHECK(refused(Platform::engine, {"--foreground", "--dry-run"}));
}

TEST_CASE("update changes what the flags say and keeps the rest") {
    auto bench = with_fetch();
    CHECK(bench.thv({"update", "fetch", "--image", "mcp/fetch:2", "-e", "B=2", "--memory", "1g",
                     "--force-conflicts"}) == Answer{0, "http://127.0.0.1:20000/mcp\n", ""});
    const auto& config = bench.engine.configs.at("fetch");
    CHECK(config.image == "mcp/fetch:2");
    CHECK(config.env_vars.at("A") == "1");
    CHECK(config.env_vars.at("B") == "2");
    CHECK(config.limits.memory == 1LL << 30);
    CHECK(bench.engine.forced);
}

TEST_CASE("update takes a file about this very workload") {
    auto bench = with_fetch();
    bench.input = manifest;
    CHECK(bench.thv({"update", "fetch", "--from-config", "-"}).code == 0);
    CHECK(bench.engine.configs.at("fetch").transport == Transport::streamable_http);
    bench.engine.add("github");
    CHECK(bench.thv({"update", "github", "--from-config", "-"}).code == 2);
    CHECK(bench.thv({"update", "fetch"}).code == 2);
    CHECK(bench.thv({"update", "fetch", "--image", "x", "--from-config", "-"}).code == 2);
    CHECK(bench.thv({"update", "nobody", "--image", "x"}).code == 5);
}
