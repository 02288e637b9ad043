// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "engine/containers.hpp"
#include "engine/discovery.hpp"
#include "engine/embedded.hpp"
#include "io/deadline.hpp"
#include "io/gather.hpp"
#include "io/process.hpp"
#include "support/catch.hpp"
#include "support/drive.hpp"
#include "support/failure.hpp"
#include "support/temp_folder.hpp"

#include <fmt/format.h>
#include <sys/mount.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdlib>

using namespace thv;
using namespace std::chrono_literals;
using thv::test::drive;

namespace {

/// A user without any engine, but with a podman program, whose storage is in a folder of the test's own.
struct User {
    User() {
        test::spill(folder.path() / "storage.conf",
                    fmt::format("[storage]\ndriver = \"overlay\"\ngraphroot = \"{0}/root\"\n"
                                "runroot = \"{0}/run\"\n",
                                folder.path().string()));
    }
    ~User() {
        for (const auto& service : services())
            signal_process(service, SIGTERM);
        for (int round = 0; round < 200 && !services().empty(); ++round)
            drive(sleep_for(50ms));
        // Podman mounts its storage onto itself.
        ::umount2((folder.path() / "root/overlay").c_str(), MNT_DETACH);
    }

    /// The podman services that listen in this user's folder.
    std::vector<ProcessInfo> services() const {
        std::vector<ProcessInfo> found;
        for (const auto& entry : std::filesystem::directory_iterator{"/proc"}) {
            int pid = 0;
            const auto name = entry.path().filename().string();
            if (std::from_chars(name.data(), name.data() + name.size(), pid).ptr != name.data() + name.size()) continue;
            auto info = process_info(pid);
            if (!info) continue;
            const auto& words = info->arguments;
            if (std::ranges::find(words, "unix://" + socket()) != words.end()) found.push_back(std::move(*info));
        }
        return found;
    }
    std::string socket() const { return engine::own_podman_socket(paths); }

    test::TempFolder folder;
    Paths paths{.config = folder.path(),
                .state = folder.path(),
                .data = folder.path(),
                .cache = folder.path(),
                .runtime = folder.path() / "runtime"};
    Environment environment{{{"PATH", std::getenv("PATH")},
                             {"HOME", folder.path().string()},
                             {"CONTAINERS_STORAGE_CONF", (folder.path() / "storage.conf").string()}}};
};

Task<> start(Environment environment, Paths paths) {
    co_await engine::start_own_podman(environment, paths);
}

} // namespace

TEST_CASE("where no engine runs podman is started, once for all that ask at the same time, and privately", "[.own]") {
    User user;
    const auto outcomes =
        drive(for_each({"a", "b", "c"}, 3, [&](std::string) { return start(user.environment, user.paths); }));
    for (const auto& outcome : outcomes)
        CHECK_FALSE(outcome.error);
    CHECK(user.services().size() == 1);
    const auto mode = std::filesystem::status(user.paths.runtime).permissions();
    CHECK(mode == std::filesystem::perms::owner_all);
    const auto again = drive(engine::start_own_podman(user.environment, user.paths));
    CHECK(again.podman);
    CHECK(user.services().size() == 1);
}

TEST_CASE("a podman of our own that was killed is started again, its dead socket notwithstanding", "[.own]") {
    User user;
    drive(engine::start_own_podman(user.environment, user.paths));
    const auto first = user.services();
    REQUIRE(first.size() == 1);
    REQUIRE(signal_process(first[0], SIGKILL));
    while (process_info(first[0].pid))
        drive(sleep_for(10ms));
    CHECK(std::filesystem::exists(user.socket()));
    drive(engine::start_own_podman(user.environment, user.paths));
    const auto second = user.services();
    REQUIRE(second.size() == 1);
    CHECK(second[0].pid != first[0].pid);
}

TEST_CASE("who looks only for an engine that runs starts none, and finds our own podman while it runs", "[.own]") {
    User user;
    const auto environment = user.environment.with({{"TOOLHIVE_RUNTIME", "podman"}});
    const auto another = [](const engine::Probe& probe) {
        return probe.answered && probe.engine == "podman" && probe.source != engine::own_podman;
    };
    const bool of_the_system = std::ranges::any_of(drive(engine::probe_engines(environment, user.paths)), another);
    const auto look = [&] { return drive(engine::find_running_engine(environment, user.paths)); };
    if (!of_the_system) CHECK(test::error_of([&] { look(); }).fault() == Fault::unreachable);
    CHECK(user.services().empty());
    drive(engine::start_own_podman(user.environment, user.paths));
    CHECK(look().own != of_the_system);
    CHECK(user.services().size() == 1);
}
