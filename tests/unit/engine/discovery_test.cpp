// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "engine/discovery.hpp"
#include "engine/embedded.hpp"
#include "support/catch.hpp"
#include "support/drive.hpp"
#include "support/scripted_server.hpp"
#include "support/temp_folder.hpp"

#include <sys/stat.h>

using namespace thv;
using thv::engine::Connector;
using thv::engine::find_engine;
using thv::engine::probe_engines;
using thv::test::drive;
using thv::test::Peer;
using thv::test::ScriptedServer;

namespace {

constexpr auto docker_ping =
    "HTTP/1.1 200 OK\r\nApi-Version: 1.43\r\nServer: Docker/24.0.7 (linux)\r\nContent-Length: 2\r\n\r\nOK";
constexpr auto podman_ping =
    "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nLibpod-Api-Version: 4.3.1\r\nServer: Libpod/4.3.1 "
    "(linux)\r\nContent-Length: 2\r\n\r\nOK";

ScriptedServer::Script answers(std::string bytes) {
    return [bytes](Peer& peer) {
        peer.read_request();
        peer.send(bytes);
    };
}

Paths paths_in(const test::TempFolder& folder) {
    return {.config = folder.path(),
            .state = folder.path(),
            .data = folder.path(),
            .cache = folder.path(),
            .runtime = folder.path()};
}

Environment with(std::map<std::string, std::string, std::less<>> variables) {
    return Environment{std::move(variables)};
}

Error failure_of(Environment environment, const Paths& paths) {
    try {
        drive(find_engine(std::move(environment), paths));
    } catch (const Error& error) {
        return error;
    }
    FAIL("nothing was thrown");
    throw Error{Fault::internal, "not reached"};
}

} // namespace

TEST_CASE("the engine behind an override is told apart by its answer, not by its path") {
    test::TempFolder folder;
    const bool podman = GENERATE(true, false);
    ScriptedServer server{{answers(podman ? podman_ping : docker_ping)}};
    const auto found = drive(find_engine(with({{"TOOLHIVE_DOCKER_SOCKET", server.path()}}), paths_in(folder)));
    CHECK(found.socket == server.path());
    CHECK(found.source == "TOOLHIVE_DOCKER_SOCKET");
    CHECK(found.facts.podman == podman);
    CHECK(found.facts.version == (podman ? "4.3.1" : "24.0.7"));
    CHECK_FALSE(found.own);
}

TEST_CASE("an override that does not work is an error with its reason, and nothing else is tried") {
    test::TempFolder folder;
    test::spill(folder.path() / "plain", "no socket");
    ScriptedServer stranger{{answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")}};
    const std::vector<std::pair<std::string, std::string>> cases{
        {"/nonexistent/x.sock", "No such file or directory"},
        {(folder.path() / "plain").string(), "Connection refused"},
        {stranger.path(), "is not a container engine"},
    };
    const auto& [socket, reason] = cases[GENERATE(0U, 1U, 2U)];
    const auto error = failure_of(with({{"TOOLHIVE_PODMAN_SOCKET", socket}, {"PATH", "/usr/bin"}}), paths_in(folder));
    CHECK(error.fault() == Fault::unreachable);
    CHECK(error.exit() == 6);
    CHECK_THAT(error.message(),
               ContainsSubstring(socket) && ContainsSubstring(reason) && ContainsSubstring("TOOLHIVE_PODMAN_SOCKET"));
    CHECK_FALSE(error.hint().empty());
}

TEST_CASE("an engine of another kind than TOOLHIVE_RUNTIME asks for is passed over") {
    test::TempFolder folder;
    ScriptedServer docker{{answers(docker_ping)}};
    ScriptedServer podman{{answers(podman_ping)}};
    const auto found = drive(find_engine(with({{"DOCKER_HOST", "unix://" + docker.path()},
                                               {"CONTAINER_HOST", "unix://" + podman.path()},
                                               {"TOOLHIVE_RUNTIME", "podman"}}),
                                         paths_in(folder)));
    CHECK(found.socket == podman.path());
    CHECK(failure_of(with({{"TOOLHIVE_RUNTIME", "kubernetes"}}), paths_in(folder)).fault() == Fault::usage);
}

TEST_CASE("a host that cannot be used ends the search with the reason") {
    test::TempFolder folder;
    const auto error =
        failure_of(with({{"DOCKER_HOST", "tcp://10.0.0.1:2375"}, {"PATH", "/usr/bin"}}), paths_in(folder));
    CHECK_THAT(error.message(), ContainsSubstring("DOCKER_HOST") && ContainsSubstring("tcp:// are not supported"));
    CHECK_THAT(error.message(), !ContainsSubstring("known socket"));
}

TEST_CASE("every place is probed, in order, with what it said") {
    test::TempFolder folder;
    ScriptedServer podman{{answers(podman_ping)}};
    const auto probes = drive(probe_engines(with({{"DOCKER_HOST", "ssh://me@host"},
                                                  {"CONTAINER_HOST", "unix://" + podman.path()},
                                                  {"HOME", folder.path().string()}}),
                                            paths_in(folder)));
    REQUIRE(probes.size() > 5);
    CHECK_FALSE(probes[0].answered);
    CHECK_THAT(probes[0].reason, ContainsSubstring("ssh://"));
    CHECK(probes[1].answered);
    CHECK(probes[1].engine == "podman");
    CHECK(probes[1].version == "4.3.1");
    CHECK(probes[1].api_version == "1.41");
    const auto& last = probes.back();
    CHECK(last.source == "known socket");
    CHECK(last.reason == "No such file or directory");
}

TEST_CASE("the connector asks once, and again only after the engine went away") {
    test::TempFolder folder;
    ScriptedServer server{{[](Peer& peer) {
                               peer.read_request();
                               peer.send(docker_ping);
                           },
                           [](Peer& peer) { peer.read_request(); }, answers(docker_ping),
                           answers("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")}};
    asio::io_context context{1};
    Connector connector{with({{"TOOLHIVE_DOCKER_SOCKET", server.path()}}), paths_in(folder)};
    const auto first = drive(context, connector.api());
    CHECK(drive(context, connector.api()) == first);
    CHECK_THROWS_AS(drive(context, first->send({.method = "POST", .path = "/x"})), Error);
    const auto second = drive(context, connector.api());
    CHECK(second != first);
    CHECK(drive(context, second->get("/x")) == nlohmann::json::object());
}

TEST_CASE("podman is looked for on PATH, in absolute folders only") {
    test::TempFolder folder;
    const auto program = folder.path() / "podman";
    test::spill(program, "#!/bin/sh\n");
    const auto path = "relative:/nonexistent:" + folder.path().string();
    CHECK(engine::podman_program(with({{"PATH", path}})).empty());
    REQUIRE(::chmod(program.c_str(), 0700) == 0);
    CHECK(engine::podman_program(with({{"PATH", path}})) == program.string());
    CHECK(engine::podman_program(with({})).empty());
}

TEST_CASE("a podman that cannot serve is told in its own words") {
    test::TempFolder folder;
    const auto program = folder.path() / "podman";
    test::spill(program, "#!/bin/sh\necho 'Error: cannot set up namespace' >&2\nexit 125\n");
    REQUIRE(::chmod(program.c_str(), 0700) == 0);
    try {
        drive(engine::start_own_podman(with({{"PATH", folder.path().string()}}), paths_in(folder)));
        FAIL("nothing was thrown");
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::unreachable);
        CHECK_THAT(error.message(), ContainsSubstring("Error: cannot set up namespace"));
    }
}
