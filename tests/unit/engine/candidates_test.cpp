// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/candidates.hpp"
#include "io/files.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

#include <algorithm>

using namespace thv;
using thv::engine::Candidate;
using thv::engine::candidates;
using thv::engine::docker_context;

namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

std::vector<std::string> sockets(const Variables& variables) {
    std::vector<std::string> found;
    for (const auto& candidate : candidates(Environment{variables}, 1000))
        found.push_back(candidate.socket);
    return found;
}

Variables home_with_context(const test::TempFolder& folder, const std::string& host) {
    make_folder(folder.path() / ".docker/contexts/meta/abc");
    make_folder(folder.path() / ".docker/contexts/meta/def");
    write_atomic(folder.path() / ".docker/config.json", R"({"auths": {}, "currentContext": "mine"})");
    write_atomic(folder.path() / ".docker/contexts/meta/abc/meta.json",
                 R"({"Name": "other", "Endpoints": {"docker": {"Host": "unix:///other.sock"}}})");
    write_atomic(folder.path() / ".docker/contexts/meta/def/meta.json",
                 R"({"Name": "mine", "Metadata": {}, "Endpoints": {"docker": {"Host": ")" + host + R"("}}})");
    return {{"HOME", folder.path().string()}};
}

} // namespace

TEST_CASE("the first override that is set stands alone") {
    CHECK(sockets({{"TOOLHIVE_DOCKER_SOCKET", "/d"}, {"TOOLHIVE_COLIMA_SOCKET", "/c"}, {"DOCKER_HOST", "unix:///h"}}) ==
          std::vector<std::string>{"/d"});
    CHECK(sockets({{"TOOLHIVE_DOCKER_SOCKET", "/d"}, {"TOOLHIVE_PODMAN_SOCKET", "/p"}}) ==
          std::vector<std::string>{"/p"});
    CHECK(sockets({{"TOOLHIVE_COLIMA_SOCKET", "/c"}}) == std::vector<std::string>{"/c"});
    const auto only = candidates(Environment{Variables{{"TOOLHIVE_PODMAN_SOCKET", "relative.sock"}}}, 0);
    REQUIRE(only.size() == 1);
    CHECK(only[0].decisive);
    CHECK(only[0].source == "TOOLHIVE_PODMAN_SOCKET");
    CHECK_THAT(only[0].refusal, ContainsSubstring("absolute path"));
}

TEST_CASE("known sockets come podman first, rootful and rootless, and none depends on the working folder") {
    const auto found = sockets({{"HOME", "/home/u"}, {"XDG_RUNTIME_DIR", "/run/user/7"}, {"TMPDIR", "/tmp"}});
    const std::vector<std::string> expected{"/run/podman/podman.sock",
                                            "/run/user/7/podman/podman.sock",
                                            "/home/u/.local/share/containers/podman/machine/podman.sock",
                                            "/run/docker.sock",
                                            "/var/run/docker.sock",
                                            "/run/user/7/docker.sock",
                                            "/home/u/.docker/run/docker.sock",
                                            "/home/u/.docker/desktop/docker.sock",
                                            "/home/u/.rd/docker.sock",
                                            "/home/u/.orbstack/run/docker.sock",
                                            "/home/u/.colima/default/docker.sock"};
    // Where both spellings of the rootful socket are the same file, it is looked at once.
    std::vector<std::string> rest = expected;
    std::erase(rest, "/var/run/docker.sock");
    CHECK((found == expected || found == rest));
    for (const auto& socket : sockets({{"HOME", "relative"}, {"XDG_RUNTIME_DIR", "./run"}}))
        CHECK(socket.starts_with('/'));
    const auto bare = sockets({});
    CHECK(std::ranges::count(bare, "/run/user/1000/podman/podman.sock") == 1);
}

TEST_CASE("DOCKER_HOST and CONTAINER_HOST come before everything known") {
    const auto all = candidates(
        Environment{Variables{{"DOCKER_HOST", "unix:///d.sock"}, {"CONTAINER_HOST", "unix:///c.sock"}, {"HOME", "/h"}}},
        0);
    REQUIRE(all.size() > 2);
    CHECK(all[0].socket == "/d.sock");
    CHECK(all[0].decisive);
    CHECK(all[1].socket == "/c.sock");
    CHECK(all[1].source == "CONTAINER_HOST");
    CHECK_FALSE(all[2].decisive);
}

TEST_CASE("an engine that is not behind a Unix socket is refused with the reason") {
    const auto [url, reason] = GENERATE(table<std::string, std::string>({
        {"tcp://127.0.0.1:2375", "engines behind tcp:// are not supported"},
        {"ssh://me@host", "engines behind ssh:// are not supported"},
        {"npipe:////./pipe/docker", "engines behind npipe:// are not supported"},
        {"unix://relative", "unix:///absolute/path"},
        {"/var/run/docker.sock", "unix:///absolute/path"},
    }));
    const auto all = candidates(Environment{Variables{{"DOCKER_HOST", url}}}, 0);
    CHECK(all[0].socket.empty());
    CHECK(all[0].decisive);
    CHECK_THAT(all[0].refusal, ContainsSubstring(reason));
}

TEST_CASE("the current docker context is found by its name, and a variable overrides it") {
    test::TempFolder folder;
    auto variables = home_with_context(folder, "unix:///mine.sock");
    const auto current = docker_context(Environment{variables});
    REQUIRE(current.size() == 1);
    CHECK(current[0].socket == "/mine.sock");
    CHECK(current[0].source == "docker context 'mine'");
    CHECK_FALSE(current[0].decisive);
    CHECK(sockets(variables)[0] == "/mine.sock");
    variables["DOCKER_CONTEXT"] = "other";
    CHECK(docker_context(Environment{variables})[0].socket == "/other.sock");
    CHECK(docker_context(Environment{variables})[0].decisive);
    variables["DOCKER_CONTEXT"] = "default";
    CHECK(docker_context(Environment{variables}).empty());
    variables["DOCKER_CONTEXT"] = "missing";
    CHECK_THAT(docker_context(Environment{variables})[0].refusal, ContainsSubstring("no such context"));
    variables["DOCKER_HOST"] = "unix:///host.sock";
    CHECK(sockets(variables)[0] == "/host.sock");
    CHECK(std::ranges::count(sockets(variables), "/other.sock") == 0);
}

TEST_CASE("DOCKER_CONFIG says where the contexts are, and a broken configuration is told") {
    test::TempFolder folder;
    home_with_context(folder, "ssh://host");
    const Variables variables{{"HOME", "/nonexistent"}, {"DOCKER_CONFIG", (folder.path() / ".docker").string()}};
    CHECK_THAT(docker_context(Environment{variables})[0].refusal, ContainsSubstring("ssh://"));
    write_atomic(folder.path() / ".docker/config.json", "{ not json");
    const auto broken = docker_context(Environment{variables});
    REQUIRE(broken.size() == 1);
    CHECK_THAT(broken[0].refusal, ContainsSubstring("config.json"));
    CHECK(docker_context(Environment{Variables{{"HOME", "/nonexistent"}}}).empty());
    CHECK(docker_context(Environment{Variables{}}).empty());
}
