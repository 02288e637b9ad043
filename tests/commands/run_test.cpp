// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"
#include "io/files.hpp"
#include "support/catch.hpp"

#include <sys/socket.h>
#include <sys/un.h>

using namespace thv;
using namespace std::chrono_literals;
using test::Bench;
using Answer = Bench::Answer;

TEST_CASE("run prints the URL on stdout and everything else on stderr") {
    Bench bench;
    CHECK(bench.thv({"run", "--transport", "stdio", "ghcr.io/acme/weather:1"}) ==
          Answer{0, "http://127.0.0.1:20000/mcp\n", "Pulling ghcr.io/acme/weather:1 …\nacme-weather is ready\n"});
    CHECK(bench.engine.running() == std::vector<std::string>{"acme-weather"});
    CHECK(bench.engine.last_waiting.limit == 5min);
}

TEST_CASE("--progress says how it is told what goes on") {
    const auto [style, told] = GENERATE(table<std::string, std::string>({
        {"auto", "Pulling i …\n"},
        {"plain", "Pulling i …\n"},
        {"none", ""},
        {"json", "{\"event\":\"message\",\"text\":\"Pulling i …\"}\n"},
    }));
    Bench bench;
    CHECK(bench.thv({"run", "--progress", style, "--name", "w", "--transport", "stdio", "i"}).err ==
          told + "w is ready\n");
    test::spill(bench.home->path() / "one.json", R"({"image": "i", "transport": "stdio", "name": "one"})");
    const auto file = (bench.home->path() / "one.json").string();
    CHECK(bench.thv({"group", "run", "--progress", style, file}) == Answer{0, "one\n", told});
    CHECK(bench.thv({"run", "--progress", "loud", "--transport", "stdio", "i"}).code == 2);
}

TEST_CASE("whoever gives a server the socket of an engine is told what that means") {
    Bench bench;
    const auto path = (bench.home->path() / "docker.sock").string();
    const Fd socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    path.copy(static_cast<char*>(name.sun_path), sizeof name.sun_path - 1);
    REQUIRE(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
    const auto answer = bench.thv({"run", "--name", "w", "-v", path + ":/s", "--transport", "stdio", "img"});
    CHECK(answer.code == 0);
    CHECK_THAT(answer.err,
               StartsWith("Warning: 'w' is given '" + path + "', and with it everything on this machine\n"));
    test::spill(bench.home->path() / "other" / "docker.sock", "no socket");
    const auto plain = (bench.home->path() / "other").string();
    CHECK_THAT(bench.thv({"run", "--name", "x", "-v", plain + ":/s", "--transport", "stdio", "img"}).err,
               !ContainsSubstring("everything on this machine"));
}

TEST_CASE("run leaves the proxy's port to the proxy and chooses the server's") {
    Bench bench;
    CHECK(bench.thv({"run", "--name", "w", "img"}).code == 0);
    const auto& config = bench.engine.configs.at("w");
    CHECK(config.transport == Transport::streamable_http);
    CHECK(config.target_port > 0);
    CHECK(config.env_vars.at("MCP_PORT") == std::to_string(config.target_port));
}

TEST_CASE("an env file may be stdin, which --env and a later file win over") {
    Bench bench;
    bench.input = "# of stdin\nA=1\nB=2\nC=3\n";
    test::spill(bench.home->path() / "more.env", "C=4\n");
    const auto more = (bench.home->path() / "more.env").string();
    CHECK(bench
              .thv({"run", "--name", "w", "-e", "B=5", "--env-file", "-", "--env-file", more, "--transport", "stdio",
                    "img"})
              .code == 0);
    const auto& variables = bench.engine.configs.at("w").env_vars;
    CHECK(variables.at("A") == "1");
    CHECK(variables.at("B") == "5");
    CHECK(variables.at("C") == "4");
    bench.input = "A=6\n";
    CHECK(bench.thv({"update", "w", "--env-file", "-"}).code == 0);
    CHECK(bench.engine.configs.at("w").env_vars.at("A") == "6");
    bench.input = "A=1\n=2\n";
    CHECK_THAT(bench.thv({"run", "--name", "x", "--env-file", "-", "--transport", "stdio", "img"}).err,
               StartsWith("Error: --env-file stdin, line 2: a variable has no usable name\n"));
    CHECK(bench.engine.names() == std::vector<std::string>{"w"});
}

TEST_CASE("run passes everything behind -- to the server") {
    Bench bench;
    CHECK(bench.thv({"run", "img", "--timeout", "10s", "--transport=stdio", "--", "--verbose", "-e", "x"}).code == 0);
    CHECK(bench.engine.configs.at("img").cmd_args == std::vector<std::string>{"--verbose", "-e", "x"});
    CHECK(bench.engine.last_waiting.limit == 10s);
}

TEST_CASE("--debug stays with the workload") {
    Bench bench;
    CHECK(bench.thv({"--debug", "run", "--name", "a", "img"}).code == 0);
    CHECK(bench.engine.configs.at("a").debug);
    CHECK(bench.thv({"run", "--name", "b", "img"}).code == 0);
    CHECK_FALSE(bench.engine.configs.at("b").debug);
}

TEST_CASE("run of a name that is taken fails and leaves the other alone") {
    Bench bench;
    bench.engine.add("img").package = "other";
    CHECK(bench.thv({"run", "img"}) == Answer{1, "", "Error: workload with name 'img' already exists\n"});
    CHECK(bench.engine.workloads.at("img").package == "other");
}

TEST_CASE("run in a group needs the group") {
    Bench bench;
    CHECK(bench.thv({"run", "--group", "tools", "img"}) ==
          Answer{5, "", "Error: no group named 'tools'\nrun 'thv group create tools' first\n"});
    CHECK(bench.engine.names().empty());
    CHECK(bench.thv({"group", "create", "tools"}).code == 0);
    CHECK(bench.thv({"run", "--group", "tools", "img"}).code == 0);
    CHECK(bench.engine.workloads.at("img").group == "tools");
}

TEST_CASE("run warns when others can reach the proxy") {
    Bench bench;
    const auto answer = bench.thv({"run", "--host", "0.0.0.0", "--allowed-hosts", "mcp.example", "img"});
    CHECK(answer.code == 0);
    CHECK_THAT(answer.err, StartsWith("Warning: whoever reaches 0.0.0.0 can use this server without a password\n"));
    const auto open = bench.thv({"run", "--name", "b", "--host=0.0.0.0", "img"});
    CHECK(open.code == 2);
    CHECK_THAT(open.err, ContainsSubstring("anybody who reaches this machine could use the server"));
    CHECK_THAT(open.err, ContainsSubstring("--bearer-token-file"));
    const auto asked = bench.thv({"run", "--name", "d", "--host=0.0.0.0", "--bearer-token-env", "TOKEN", "img"});
    CHECK(asked.code == 0);
    CHECK_THAT(asked.err, StartsWith("Warning: tokens come to 0.0.0.0 in the clear"));
    CHECK_THAT(bench.thv({"run", "--name", "c", "--host=127.0.0.2", "img"}).err, !ContainsSubstring("Warning"));
}

TEST_CASE("run --foreground serves here and ends with the server's code") {
    Bench bench;
    bench.foreground.code = 7;
    CHECK(bench.thv({"run", "-f", "--transport", "stdio", "img"}) ==
          Answer{7, "http://127.0.0.1:20000/mcp\n", "Starting\nPress Ctrl-C to stop it\n"});
    CHECK(bench.foreground.ran->image == "img");
    CHECK(bench.engine.names().empty());
}

TEST_CASE("run asks for no engine when the command line is wrong") {
    Bench bench;
    bench.engine.reachable = false;
    CHECK(bench.thv({"run", "--transport", "telepathy", "img"}).code == 2);
    CHECK(bench.thv({"run"}) == Answer{2, "", "Error: 'thv run' needs IMAGE\nsee 'thv run --help'\n"});
    CHECK(bench.thv({"run", "img", "surplus"}) ==
          Answer{2, "",
                 "Error: unexpected argument 'surplus' for 'thv run'\nput the server's own arguments behind '--'\n"});
    CHECK(bench.thv({"run", "--secret", "key", "img"}).code == 2);
}

TEST_CASE("run keeps references to secrets in one form, and refuses two for one variable") {
    Bench bench;
    CHECK(bench.thv({"run", "--secret", "key,target=KEY,as=file", "--secret", "key,target=KEY", "img"}).code == 0);
    CHECK(bench.engine.configs.at("img").secrets ==
          std::vector<std::string>{"key,as=file,target=KEY", "key,target=KEY"});
    for (const auto* second : {"other,target=KEY", "key,target=KEY,as=pipe", "__thv_x,target=X", "k,target=A"}) {
        const auto answer =
            bench.thv({"run", "--name", "b", "--secret", "key,target=KEY", "--secret", second, "-e", "A=1", "img"});
        CAPTURE(second);
        CHECK((answer.code == 2 || answer.code == 4));
        CHECK_THAT(answer.err, ContainsSubstring("--secret"));
    }
}
