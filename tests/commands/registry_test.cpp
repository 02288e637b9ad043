// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"
#include "registry/entry.hpp"
#include "support/catch.hpp"
#include "thv/known_server.hpp"

#include <nlohmann/json.hpp>

using namespace thv;
using namespace thv::commands;
using test::Bench;
using Answer = Bench::Answer;
using nlohmann::ordered_json;

namespace {

constexpr auto file = R"({"servers": {
    "echo": {"description": "Says it again", "image": "example.com/echo:1", "transport": "stdio", "args": ["--loud"],
             "tags": ["talk"], "tools": ["echo"], "tier": "Community", "metadata": {"stars": 3},
             "env_vars": [{"name": "GREETING", "description": "a word", "default": "hello"}],
             "permissions": {"network": {"outbound": {"allow_host": ["api.example.com"], "allow_port": [443]}}}},
    "web": {"description": "Serves", "image": "example.com/web:2", "transport": "sse", "target_port": 9000,
            "permissions": {"network": {"outbound": {}}}},
    "shut": {"description": "Alone", "image": "example.com/shut:1", "transport": "stdio",
             "permissions": {"network": {"outbound": {}}}},
    "open": {"description": "Out there", "image": "example.com/open:1", "transport": "stdio",
             "permissions": {"network": {"outbound": {"insecure_allow_all": true}}}},
    "picky": {"description": "Asks", "image": "example.com/picky:1", "transport": "stdio",
              "env_vars": [{"name": "CITY", "description": "a city", "required": true},
                           {"name": "KEY", "description": "a key", "required": true, "secret": true}]},
    "town": {"description": "Asks less", "image": "example.com/town:1", "transport": "stdio",
             "env_vars": [{"name": "CITY", "description": "a city", "required": true}]}},
  "remote_servers": {
    "away": {"description": "Elsewhere", "url": "https://mcp.example.com/mcp", "transport": "streamable-http"},
    "login": {"description": "Wants OAuth", "url": "https://id.example.com/mcp", "transport": "streamable-http",
              "oauth_config": {"issuer": "https://id.example.com"}}}})";

/// A bench whose registry is a file.
struct RegistryBench : Bench {
    RegistryBench() {
        const auto path = home->path() / "r.json";
        test::spill(path, file);
        CHECK(thv({"config", "set-registry", path.string()}).code == 0);
    }
};

} // namespace

TEST_CASE("only a bare name is looked up") {
    for (const auto* name : {"fetch", "mcp-clickhouse", "a.b", "a_b"})
        CHECK(can_be_known(name));
    for (const auto* name : {"", "a/b", "img:1", "img@sha256:00", "https://h.example/", "npx://x", "a b"})
        CHECK_FALSE(can_be_known(name));
}

TEST_CASE("run takes from the registry what no flag says") {
    RegistryBench bench;
    const auto answer = bench.thv({"run", "echo"});
    CHECK(answer.code == 0);
    CHECK_THAT(answer.err,
               ContainsSubstring("nothing holds 'echo' to the hosts and ports of its permission profile yet"));
    const auto& config = bench.engine.configs.at("echo");
    CHECK(config.image == "example.com/echo:1");
    CHECK(config.transport == Transport::stdio);
    CHECK(config.cmd_args == std::vector<std::string>{"--loud"});
    CHECK(config.env_vars.at("GREETING") == "hello");
    REQUIRE(config.permission_profile);
    CHECK(config.permission_profile->document["network"]["outbound"]["allow_host"][0] == "api.example.com");
    CHECK(config.document["registry_server_name"] == "echo");
    const auto written = ordered_json::parse(to_json(config));
    CHECK(written["group"] == "default");
    CHECK(written["proxy_mode"] == "streamable-http");
    CHECK(written["target_host"] == "127.0.0.1");
}

TEST_CASE("flags win over the registry") {
    RegistryBench bench;
    const auto answer = bench.thv({"run", "--name", "mine", "--env", "GREETING=bye", "--permission-profile", "none",
                                   "--volume", "/tmp:/data", "--tools", "shout", "echo", "--", "--quiet"});
    CHECK(answer.code == 0);
    CHECK_THAT(answer.err, ContainsSubstring("the registry knows of no tool 'shout' of 'echo'"));
    const auto& config = bench.engine.configs.at("mine");
    CHECK(config.cmd_args == std::vector<std::string>{"--quiet"});
    CHECK(config.env_vars.at("GREETING") == "bye");
    CHECK(config.permission_profile->name == "none");
    CHECK(bench.thv({"run", "--name", "other", "--volume", "/tmp:/data", "echo"}).code == 0);
    const auto& other = bench.engine.configs.at("other");
    CHECK(other.permission_profile->write == std::vector<std::string>{"/tmp:/data"});
    CHECK(other.permission_profile->document["network"]["outbound"]["allow_port"][0] == 443);
}

TEST_CASE("a server that is reached over HTTP gets a network, and its user is told") {
    RegistryBench bench;
    const auto answer = bench.thv({"run", "web"});
    CHECK(answer.code == 0);
    CHECK_THAT(answer.err, ContainsSubstring("'web' needs nothing of the network, but is reached over HTTP"));
    const auto& config = bench.engine.configs.at("web");
    CHECK(config.transport == Transport::sse);
    CHECK(config.proxy_mode == ProxyMode::sse);
    CHECK(config.target_port == 9000);
    CHECK(config.permission_profile->network_mode == "bridge");
}

TEST_CASE("what a server needs is asked for on a terminal and named elsewhere") {
    RegistryBench bench;
    CHECK(bench.thv({"run", "picky"}) == Answer{2, "",
                                                "Error: 'picky' needs CITY (a city), KEY (a key)\n"
                                                "give --env CITY=…; --secret …,target=KEY, or --env KEY\n"});
    bench.terminal.in = true;
    bench.typed = {"Rome"};
    const auto answer = bench.thv({"run", "town"});
    CHECK(answer.code == 0);
    CHECK_THAT(answer.err, ContainsSubstring("CITY (a city): "));
    CHECK(bench.engine.configs.at("town").env_vars.at("CITY") == "Rome");
    bench.typed = {""};
    CHECK(bench.thv({"run", "--name", "b", "town"}).code == 2);
    CHECK(bench.engine.names() == std::vector<std::string>{"town"});
}

TEST_CASE("a secret that a server needs is asked for unseen, kept in the store, and given by its name") {
    RegistryBench bench;
    bench.environment = Environment{{{"TOOLHIVE_SECRETS_PASSWORD", "pw"}}};
    bench.terminal.in = true;
    bench.typed = {"Rome", "hush"};
    const auto closed = bench.thv({"run", "picky"});
    CHECK(closed.code == 1);
    CHECK_THAT(closed.err, ContainsSubstring("run 'thv secret setup' first"));
    CHECK(bench.engine.names().empty());
    REQUIRE(bench.thv({"secret", "setup"}).code == 0);
    bench.typed = {"Rome", "hush"};
    const auto answer = bench.thv({"run", "picky"});
    CHECK(answer.code == 0);
    CHECK_THAT(answer.err, ContainsSubstring("KEY (a key): \n") && ContainsSubstring("Stored as the secret 'KEY'"));
    const auto& config = bench.engine.configs.at("picky");
    CHECK(config.secrets == std::vector<std::string>{"KEY,target=KEY"});
    CHECK_FALSE(config.env_vars.contains("KEY"));
    CHECK_THAT(to_json(config), !ContainsSubstring("hush"));
    CHECK(bench.thv({"secret", "get", "KEY"}).out == "hush\n");
}

TEST_CASE("a secret that is there already is given to a server of a registry only when its owner agrees") {
    RegistryBench bench;
    bench.environment = Environment{{{"TOOLHIVE_SECRETS_PASSWORD", "pw"}}};
    REQUIRE(bench.thv({"secret", "setup"}).code == 0);
    bench.input = "mine";
    REQUIRE(bench.thv({"secret", "set", "KEY"}).code == 0);
    bench.terminal.in = true;
    bench.typed = {"Rome", "n"};
    const auto refused = bench.thv({"run", "picky"});
    CHECK(refused.code == 2);
    CHECK_THAT(refused.err, ContainsSubstring("give 'picky' the secret 'KEY'? [y/N]"));
    CHECK(bench.engine.names().empty());
    bench.typed = {"Rome", "y"};
    CHECK(bench.thv({"run", "picky"}).code == 0);
    CHECK(bench.thv({"secret", "get", "KEY"}).out == "mine\n");
}

TEST_CASE("a dry run asks for no secret, and stores none") {
    RegistryBench bench;
    bench.environment = Environment{{{"TOOLHIVE_SECRETS_PASSWORD", "pw"}}};
    REQUIRE(bench.thv({"secret", "setup"}).code == 0);
    bench.terminal.in = true;
    bench.typed = {"Rome", "hush"};
    CHECK(bench.thv({"run", "--dry-run", "picky"}).code == 2);
    CHECK(bench.thv({"secret", "list", "--format", "json"}).out == "[]\n");
}

TEST_CASE("a name that is nearly one of the registry is taken for an image, with a word about it") {
    RegistryBench bench;
    const auto near = bench.thv({"run", "--transport", "stdio", "ecko"});
    CHECK_THAT(near.err,
               ContainsSubstring("Warning: the registry has no 'ecko', but 'echo'; this is taken for the name "
                                 "of an image"));
    CHECK(bench.engine.configs.at("ecko").image == "ecko");
    const auto far = bench.thv({"run", "--transport", "stdio", "something-else"});
    CHECK_THAT(far.err, !ContainsSubstring("registry"));
}

TEST_CASE("a remote server of the registry becomes a remote workload") {
    RegistryBench bench;
    CHECK(bench.thv({"run", "away"}).code == 0);
    const auto& config = bench.engine.configs.at("away");
    CHECK(config.remote_url == "https://mcp.example.com/mcp");
    CHECK(config.image.empty());
    CHECK(config.document["registry_server_name"] == "away");
    CHECK(bench.thv({"run", "--env", "A=1", "away"}).code == 2);
    const auto login = bench.thv({"run", "login"});
    CHECK(login.code == 1);
    CHECK_THAT(login.err, ContainsSubstring("OAuth") && ContainsSubstring("--remote-bearer-secret"));
}

TEST_CASE("on a cluster the registry tells the image as well") {
    RegistryBench bench;
    bench.platform = Platform::cluster;
    CHECK(bench.thv({"run", "echo"}).code == 0);
    CHECK(bench.engine.configs.at("echo").image == "example.com/echo:1");
    CHECK_FALSE(bench.engine.configs.at("echo").permission_profile);
}

TEST_CASE("on a cluster one warning tells what nothing holds a server of the registry to") {
    RegistryBench bench;
    bench.platform = Platform::cluster;
    const auto [words, profile, warning] = GENERATE(table<std::vector<std::string>, std::string, std::string>({
        {{"echo"},
         "",
         "nothing holds 'echo' to what it needs of the network by its registry (api.example.com, port 443); a "
         "NetworkPolicy can"},
        {{"web"},
         "",
         "nothing holds 'web' to what it needs of the network by its registry (none); a NetworkPolicy can"},
        {{"shut"},
         "none",
         "nothing holds 'shut' to its permission profile (none), which the operator only keeps; a NetworkPolicy can"},
        {{"--permission-profile", "none", "echo"},
         "none",
         "nothing holds 'echo' to its permission profile (none), which the operator only keeps; a NetworkPolicy can"},
        {{"open"}, "", ""},
        {{"--permission-profile", "network", "echo"}, "network", ""},
    }));
    std::vector<std::string> command{"run"};
    command.insert(command.end(), words.begin(), words.end());
    const auto answer = bench.thv(command);
    CHECK(answer.code == 0);
    const auto& name = words.back();
    CHECK(bench.engine.configs.at(name).permission_profile_name == profile);
    CHECK(answer.err.substr(0, answer.err.find("Pulling ")) == (warning.empty() ? "" : "Warning: " + warning + "\n"));
}

TEST_CASE("every server of the catalogue makes a run config that is read again") {
    for (const auto& entry : registry::embedded_catalogue().entries) {
        CAPTURE(entry.name);
        std::vector<std::string> words{"run"};
        for (const auto& variable : entry.variables)
            if (variable.required) words.insert(words.end(), {"--env", variable.name + "=x"});
        words.push_back(entry.name);
        Bench bench;
        CHECK(bench.thv(words).code == 0);
        const auto again = run_config_from_json(to_json(bench.engine.configs.at(entry.name)), "test");
        CHECK(again.transport == entry.transport);
        CHECK(again.image == entry.image);
    }
}

TEST_CASE("search and the list show tables, and info what a server needs") {
    RegistryBench bench;
    CHECK(bench.thv({"search", "talk"}) == Answer{0,
                                                  "NAME  TYPE       DESCRIPTION    TIER       STARS\n"
                                                  "echo  container  Says it again  Community  3\n",
                                                  ""});
    CHECK_THAT(bench.thv({"registry", "ls"}).out, ContainsSubstring("away   remote     Elsewhere"));
    const auto found = ordered_json::parse(bench.thv({"search", "asks", "--format", "json"}).out);
    REQUIRE(found.size() == 2);
    CHECK(found[0]["name"] == "picky");
    CHECK(found[0]["env_vars"][1]["secret"] == true);
    CHECK(bench.thv({"registry", "info", "echo"}).out == "Name:         echo\n"
                                                         "Description:  Says it again\n"
                                                         "Image:        example.com/echo:1\n"
                                                         "Transport:    stdio\n"
                                                         "Arguments:    --loud\n"
                                                         "Tier:         Community\n"
                                                         "Stars:        3\n"
                                                         "Tags:         talk\n"
                                                         "Tools:        echo\n"
                                                         "Network:      api.example.com, port 443\n"
                                                         "Variables:\n"
                                                         "  GREETING (default hello): a word\n");
    CHECK(bench.thv({"search", "nothing"}).err ==
          "No server of the file '" + (bench.home->path() / "r.json").string() + "' has to do with 'nothing'\n");
    CHECK(bench.thv({"search", "nothing", "--format", "json"}).out == "[]\n");
    CHECK(bench.thv({"registry", "info", "nothing"}).code == 5);
}

TEST_CASE("what a registry says does nothing to the terminal") {
    Bench bench;
    const auto path = bench.home->path() / "r.json";
    test::spill(path, R"({"servers": {"x": {"description": "a\u001b[31mb", "image": "i:1", "transport": "stdio",
        "tags": ["\u0007"]}}})");
    CHECK(bench.thv({"config", "set-registry", path.string()}).code == 0);
    for (const auto& words : {std::vector<std::string>{"registry", "list"}, {"registry", "info", "x"}})
        CHECK_THAT(bench.thv(words).out, ContainsSubstring("a?[31mb") && !ContainsSubstring("\x1b"));
}

TEST_CASE("the registry is chosen, shown and forgotten") {
    RegistryBench bench;
    const auto path = (bench.home->path() / "r.json").string();
    CHECK(bench.thv({"config", "get-registry"}).out == "The registry is the file '" + path + "'.\n");
    CHECK(ordered_json::parse(bench.thv({"config", "get-registry", "--format", "json"}).out) ==
          ordered_json{{"type", "file"}, {"location", path}, {"allow_private_ip", false}});
    CHECK(bench.thv({"config", "set-registry", "/nowhere/r.json"}).code == 5);
    CHECK(bench.thv({"config", "get-registry"}).out == "The registry is the file '" + path + "'.\n");
    CHECK(bench.thv({"config", "unset-registry"}) ==
          Answer{0, "", "The registry is the catalogue that comes with thv.\n"});
    CHECK(bench.thv({"config", "unset-registry"}).code == 0);
    CHECK(bench.thv({"registry", "info", "fetch"}).code == 0);
}
