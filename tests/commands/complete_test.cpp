// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"
#include "io/files.hpp"
#include "store/run_configs.hpp"
#include "support/catch.hpp"

#include <algorithm>

using namespace thv;
using test::Bench;

namespace {

using Words = std::vector<std::string>;

/// A bench with workloads, of which those in `running` have a supervisor.
struct Shell : Bench {
    Shell() { environment = Environment{{{"HOME", home->path().string()}}}; }

    void add(const std::string& name, bool runs, const std::string& image = "acme/web:1") {
        RunConfig config;
        config.name = config.base_name = config.container_name = name;
        config.image = image;
        config.secrets = {"KEY,target=API_KEY"};
        RunConfigs{paths().run_configs()}.create(config);
        if (!runs) return;
        const auto lock = paths().supervisors() / name / "life.lock";
        make_folder(lock.parent_path());
        lives.push_back(FileLock::acquire(lock, std::chrono::seconds{1}).value());
    }

    /// The words that are offered; the last of `words` is the one that is being typed.
    Words offered(Words words) {
        words.insert(words.begin(), "__complete");
        answer = thv(std::move(words));
        CHECK(answer.code == 0);
        CHECK(answer.err.empty());
        Words lines;
        std::string_view rest = answer.out;
        while (!rest.empty()) {
            const auto line = rest.substr(0, rest.find('\n'));
            rest.remove_prefix(line.size() + 1);
            lines.emplace_back(line.substr(0, line.find('\t')));
        }
        REQUIRE_FALSE(lines.empty());
        directive = lines.back();
        lines.pop_back();
        return lines;
    }

    std::vector<FileLock> lives;
    Answer answer;
    std::string directive;
};

} // namespace

TEST_CASE("TAB offers commands, and the commands of a family") {
    Shell shell;
    CHECK(shell.offered({"sto"}) == Words{"stop"});
    CHECK_THAT(shell.answer.out, StartsWith("stop\tstop workloads"));
    CHECK(shell.directive == ":4");
    CHECK(shell.offered({"se"}) == Words{"search", "secret"});
    CHECK(shell.offered({"group", ""}) == Words{"create", "list", "mv", "rm", "run"});
    CHECK(shell.offered({"help", "sto"}) == Words{"stop"});
    CHECK(shell.offered({"help", "exit"}) == Words{"exit-codes"});
    CHECK(shell.offered({"exit"}).empty());
    CHECK(shell.offered({"nonsense", ""}).empty());
    CHECK(shell.offered({"group", "nonsense", ""}).empty());
    const auto all = shell.offered({""});
    CHECK(std::ranges::count(all, "run") == 1);
    CHECK(std::ranges::count(all, "__complete") == 0);
}

TEST_CASE("TAB offers the flags that have not been given, and the values that a flag can have") {
    struct Case {
        Words words;
        Words offered;
    };
    Shell shell;
    const auto [words, offered] = GENERATE(values<Case>({
        {{"run", "--env-f"}, {"--env-file"}},
        {{"stop", "--time"}, {"--timeout"}},
        {{"stop", "--timeout", "1s", "--time"}, {}},
        {{"run", "--env", "A=1", "--env"}, {"--env", "--env-file"}},
        {{"run", "--transport", ""}, {"stdio", "sse", "streamable-http"}},
        {{"run", "--transport=s"}, {"--transport=stdio", "--transport=sse", "--transport=streamable-http"}},
        {{"ls", "--format", "m"}, {"mcpservers"}},
        {{"--debug", "ls", "--format", "m"}, {"mcpservers"}},
        {{"ls", "--quiet="}, {"--quiet=true", "--quiet=false"}},
        {{"completion", ""}, {"bash", "fish", "zsh"}},
        {{"--ver"}, {"--version"}},
    }));
    CAPTURE(words);
    CHECK(shell.offered(words) == offered);
}

TEST_CASE("TAB offers the workloads that a command is for, each once, with what they are") {
    Shell shell;
    shell.add("web", true);
    shell.add("api", false);
    shell.add("weather", true);
    CHECK(shell.offered({"stop", ""}) == Words{"weather", "web"});
    CHECK(shell.answer.out == "weather\trunning, default, acme/web:1\nweb\trunning, default, acme/web:1\n:4\n");
    CHECK(shell.offered({"start", ""}) == Words{"api"});
    CHECK(shell.offered({"rm", "we"}) == Words{"weather", "web"});
    CHECK(shell.offered({"rm", "web", "we"}) == Words{"weather"});
    CHECK(shell.offered({"logs", "--tail", "5", "a"}) == Words{"api"});
    CHECK(shell.offered({"logs", "api", ""}).empty());
    CHECK(shell.offered({"mcp", "list", ""}) == Words{"tools", "resources", "prompts", "weather", "web"});
}

TEST_CASE("TAB offers groups, secrets, servers and images") {
    Shell shell;
    shell.engine.group_files["tools"] = {.name = "tools", .registered_clients = {}};
    shell.add("web", false);
    shell.environment = Environment{{{"HOME", shell.home->path().string()}, {"TOOLHIVE_SECRET_OTHER", "x"}}};
    CHECK(std::ranges::count(shell.offered({"run", "--group", ""}), "tools") == 1);
    CHECK(shell.offered({"secret", "get", ""}) == Words{"KEY", "OTHER"});
    CHECK_THAT(shell.answer.out, StartsWith("KEY\tused by web\n"));
    CHECK(shell.offered({"run", "--secret", "K"}) == Words{"KEY,target="});
    CHECK(shell.directive == ":6");
    CHECK(shell.offered({"run", "fetc"}) == Words{"fetch"});
    CHECK(shell.offered({"registry", "info", "fetc"}) == Words{"fetch"});
    CHECK(shell.offered({"run", "acme"}) == Words{"acme/web:1"});
    CHECK(shell.offered({"run", "--permission-profile", "n"}) == Words{"none", "network"});
    CHECK(shell.directive == ":0");
}

TEST_CASE("TAB offers the images of an engine that answers at once") {
    Shell shell;
    shell.images.known = {"acme/never-run:2", "acme/web:1"};
    shell.add("web", false);
    CHECK(shell.offered({"run", "acme"}) == Words{"acme/web:1", "acme/never-run:2"});
    CHECK_THAT(shell.answer.out, StartsWith("acme/web:1\tthe image of web\nacme/never-run:2\ta local image\n"));
    shell.images.answers = false;
    CHECK(shell.offered({"run", "acme"}) == Words{"acme/web:1"});
}

TEST_CASE("TAB offers contexts and namespaces, and flags before a command count") {
    Shell shell;
    shell.kube_names.known_contexts = {{"prod", "https://prod.example"}, {"dev", ""}};
    shell.kube_names.known_namespaces = {"default", "tools"};
    CHECK(shell.offered({"--context", ""}) == Words{"prod", "dev"});
    CHECK(shell.offered({"ls", "--context=p"}) == Words{"--context=prod"});
    CHECK(shell.offered({"ls", "--context", "prod", "-n", "t"}) == Words{"tools"});
    CHECK(shell.globals.context == "prod");
    shell.offered({"--namespace", "tools", "stop", ""});
    CHECK(shell.globals.name_space == "tools");
}

TEST_CASE("TAB offers the tools of a server, and their arguments by the schema") {
    Shell shell;
    shell.add("web", true);
    const auto tools = nlohmann::ordered_json::parse(R"({"tools": [
        {"name": "forecast", "description": "Tells the weather\nof tomorrow", "inputSchema": {"properties": {
            "city": {"type": "string", "description": "where"}, "wind": {"type": "boolean"},
            "unit": {"type": "string", "enum": ["C", "F"]}}}},
        {"name": "odd\u001b[31m name"}]})");
    const auto ask = [&](Words words) {
        shell.mcp.results["tools/list"] = {tools};
        words.insert(words.begin(), {"mcp", "call", "--server", "http://127.0.0.1:1/mcp"});
        return shell.offered(std::move(words));
    };
    CHECK(ask({""}) == Words{"forecast"});
    CHECK(shell.answer.out == "forecast\tTells the weather\n:4\n");
    CHECK(ask({"forecast", ""}) == Words{"city=", "wind=", "unit="});
    CHECK(shell.directive == ":6");
    CHECK(ask({"forecast", "city=Bonn", ""}) == Words{"wind=", "unit="});
    CHECK(ask({"forecast", "wind="}) == Words{"wind=true", "wind=false"});
    CHECK(ask({"forecast", "unit="}) == Words{"unit=C", "unit=F"});
    CHECK(ask({"forecast", "city="}).empty());
    CHECK(shell.offered({"mcp", "call", ""}) == Words{"web"});
}

TEST_CASE("TAB leaves to the shell what is a file, and what only the server knows") {
    Shell shell;
    for (const auto& words :
         {Words{"apply", "-f", ""}, Words{"run", "img", "--", ""}, Words{"run", "--env-file", "x"}}) {
        CHECK(shell.offered(words).empty());
        CHECK(shell.directive == ":0");
    }
}

TEST_CASE("TAB is never answered with an error") {
    Shell shell;
    test::spill(shell.paths().run_configs() / "broken.json", "{");
    CHECK(shell.offered({"status", "b"}) == Words{"broken"});
    CHECK(shell.offered({"mcp", "call", "nobody", ""}).empty());
    CHECK(shell.offered({"run", "--no-such-flag", "--name"}) == Words{"--namespace", "--name"});
    CHECK(shell.offered({}).size() > 10);
    test::spill(shell.paths().config / "config.yaml", "registry_url: [");
    CHECK(shell.offered({"registry", "info", ""}).empty());
}

TEST_CASE("each shell gets its script, and others are refused") {
    Shell shell;
    for (const auto* name : {"bash", "fish", "zsh"}) {
        CAPTURE(name);
        const auto answer = shell.thv({"completion", name});
        CHECK(answer.code == 0);
        CHECK_THAT(answer.out, ContainsSubstring("__complete"));
    }
    CHECK(shell.thv({"completion", "powershell"}) ==
          Bench::Answer{2, "", "Error: there is no completion for 'powershell'\nit must be bash, zsh or fish\n"});
}
