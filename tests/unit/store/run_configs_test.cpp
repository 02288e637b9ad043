// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "samples.hpp"
#include "store/run_configs.hpp"
#include "support/catch.hpp"
#include "support/child.hpp"
#include "support/temp_folder.hpp"

#include <sys/stat.h>

#include <future>
#include <thread>

using namespace thv;
using namespace thv::test;
using namespace std::chrono_literals;

TEST_CASE("what is created is loaded, listed and scanned") {
    const TempFolder temp;
    RunConfigs configs{temp.path() / "state" / "runconfigs"};
    configs.create(config_named("wx"));
    configs.create(config_named("fetch"));
    CHECK(configs.names() == std::vector<std::string>{"fetch", "wx"});
    CHECK(configs.load("wx")->port == 4000);
    CHECK_FALSE(configs.load("absent"));
    const auto scan = configs.scan();
    REQUIRE(scan.configs.size() == 2);
    CHECK(scan.configs[0].name == "fetch");
    CHECK(scan.broken.empty());
}

TEST_CASE("a run config file is readable by its owner only") {
    const TempFolder temp;
    RunConfigs configs{temp.path() / "runconfigs"};
    configs.create(config_named("wx"));
    struct stat info{};
    REQUIRE(::stat((temp.path() / "runconfigs" / "wx.json").c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
    configs.update("wx", [](RunConfig& config) { config.port = 1; });
    REQUIRE(::stat((temp.path() / "runconfigs" / "wx.json").c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
}

TEST_CASE("creating a workload that exists is a conflict and changes nothing") {
    const TempFolder temp;
    RunConfigs configs{temp.path()};
    configs.create(config_named("wx"));
    const auto before = slurp(temp.path() / "wx.json");
    auto other = config_named("wx");
    other.port = 5000;
    CHECK(fault_of([&] { configs.create(other); }) == Fault::conflict);
    CHECK(slurp(temp.path() / "wx.json") == before);
}

TEST_CASE("a broken file of that name is a conflict too, and stays") {
    const TempFolder temp;
    spill(temp.path() / "wx.json", "{");
    RunConfigs configs{temp.path()};
    CHECK(fault_of([&] { configs.create(config_named("wx")); }) == Fault::conflict);
    CHECK(slurp(temp.path() / "wx.json") == "{");
}

TEST_CASE("of processes that create one workload at once exactly one succeeds") {
    const TempFolder temp;
    for (int round = 0; round < 20; ++round) {
        const auto name = "wx" + std::to_string(round);
        std::vector<Child> children;
        for (int i = 0; i < 6; ++i) {
            children.emplace_back([&, i] {
                auto config = config_named(name);
                config.port = 1000 + i;
                RunConfigs{temp.path()}.create(config);
                return std::to_string(config.port);
            });
        }
        std::vector<std::string> winners;
        for (auto& child : children) {
            auto answer = child.answer();
            if (answer.starts_with("thrown: ")) {
                CHECK(answer == "thrown: a workload named '" + name + "' exists already");
            } else {
                winners.push_back(answer);
            }
        }
        REQUIRE(winners.size() == 1);
        CHECK(std::to_string(RunConfigs{temp.path()}.load(name)->port) == winners[0]);
    }
}

TEST_CASE("updates of several processes and threads lose nothing") {
    const TempFolder temp;
    RunConfigs configs{temp.path()};
    configs.create(config_named("wx"));
    const auto count = [&](const std::string& who) {
        RunConfigs own{temp.path()};
        for (int i = 0; i < 25; ++i) {
            own.update("wx", [&](RunConfig& config) { config.env_vars[who + std::to_string(i)] = "1"; });
        }
        return std::string{"done"};
    };
    std::vector<Child> children;
    for (const std::string who : {"A", "B", "C"})
        children.emplace_back([&, who] { return count(who); });
    std::thread first{[&] { count("D"); }};
    std::thread second{[&] { count("E"); }};
    first.join();
    second.join();
    for (auto& child : children)
        CHECK(child.answer() == "done");
    CHECK(configs.load("wx")->env_vars.size() == 125);
}

TEST_CASE("an update keeps the fields that we do not know and writes nothing when nothing changes") {
    const TempFolder temp;
    spill(temp.path() / "wx.json",
          R"({"name":"wx","transport":"stdio","x_future":{"a":[1]},"secrets":["a,target=A"]})");
    RunConfigs configs{temp.path()};
    const auto before = slurp(temp.path() / "wx.json");
    configs.update("wx", [](RunConfig&) {});
    CHECK(slurp(temp.path() / "wx.json") == before);
    const auto after = configs.update("wx", [](RunConfig& config) { config.group = "tools"; });
    CHECK(after.group == "tools");
    const auto written = nlohmann::ordered_json::parse(slurp(temp.path() / "wx.json"));
    CHECK(written["group"] == "tools");
    CHECK(written["x_future"].dump() == R"({"a":[1]})");
    CHECK(written["secrets"].dump() == R"(["a,target=A"])");
}

TEST_CASE("an update that throws, or changes the name, writes nothing") {
    const TempFolder temp;
    RunConfigs configs{temp.path()};
    configs.create(config_named("wx"));
    const auto before = slurp(temp.path() / "wx.json");
    const auto throwing = [](RunConfig& config) {
        config.port = 1;
        throw Error{Fault::conflict, "no"};
    };
    CHECK(fault_of([&] { configs.update("wx", throwing); }) == Fault::conflict);
    CHECK(fault_of([&] { configs.update("wx", [](RunConfig& config) { config.base_name = "fetch"; }); }) ==
          Fault::internal);
    CHECK(slurp(temp.path() / "wx.json") == before);
    CHECK(configs.names() == std::vector<std::string>{"wx"});
    // The lock is free again.
    CHECK(configs.update("wx", [](RunConfig& config) { config.port = 2; }).port == 2);
}

TEST_CASE("what is not there is not found, and asking leaves nothing behind") {
    const TempFolder temp;
    RunConfigs configs{temp.path() / "runconfigs"};
    CHECK(fault_of([&] { configs.update("wx", [](RunConfig&) {}); }) == Fault::not_found);
    CHECK_FALSE(configs.erase("wx"));
    CHECK(configs.names().empty());
    CHECK(configs.scan().configs.empty());
    CHECK(std::filesystem::is_empty(temp.path()));
}

TEST_CASE("an erased workload is gone, and its late writer does not bring it back") {
    const TempFolder temp;
    RunConfigs configs{temp.path()};
    configs.create(config_named("wx"));
    CHECK(configs.erase("wx"));
    CHECK_FALSE(configs.erase("wx"));
    CHECK_FALSE(configs.load("wx"));
    CHECK(fault_of([&] { configs.update("wx", [](RunConfig& config) { config.port = 9; }); }) == Fault::not_found);
    CHECK(configs.names().empty());
    configs.create(config_named("wx"));
    CHECK(configs.load("wx"));
}

TEST_CASE("save writes over what is there") {
    const TempFolder temp;
    RunConfigs configs{temp.path()};
    auto config = config_named("wx");
    configs.save(config);
    config.port = 5000;
    configs.save(config);
    CHECK(configs.load("wx")->port == 5000);
}

TEST_CASE("names that could leave the folder are refused everywhere") {
    const TempFolder temp;
    RunConfigs configs{temp.path() / "runconfigs"};
    for (const std::string bad : {"", "..", ".", "a/b", "../a", "/etc/passwd", ".locks", "a b"}) {
        INFO(bad);
        CHECK(fault_of([&] { static_cast<void>(configs.load(bad)); }) == Fault::usage);
        CHECK(fault_of([&] { configs.update(bad, [](RunConfig&) {}); }) == Fault::usage);
        CHECK(fault_of([&] { configs.erase(bad); }) == Fault::usage);
        CHECK(fault_of([&] { configs.create(config_named(bad)); }) == Fault::usage);
        CHECK(fault_of([&] { configs.save(config_named(bad)); }) == Fault::usage);
    }
    CHECK(std::filesystem::is_empty(temp.path()));
}

TEST_CASE("a name with a slash is stored under its base name") {
    const TempFolder temp;
    RunConfigs configs{temp.path()};
    auto config = config_named("acme-wx");
    config.name = "acme/wx";
    configs.create(config);
    CHECK(configs.load("acme-wx")->name == "acme/wx");
}

TEST_CASE("locks are not where upstream lists run configs or sweeps locks") {
    const TempFolder temp;
    RunConfigs configs{temp.path()};
    configs.create(config_named("wx"));
    configs.update("wx", [](RunConfig& config) { config.port = 1; });
    CHECK(std::filesystem::exists(temp.path() / ".locks" / "wx.lock"));
    CHECK_FALSE(std::filesystem::exists(temp.path() / "wx.lock"));
}

TEST_CASE("nothing is left of a run config that was erased, its lock included") {
    const TempFolder temp;
    RunConfigs configs{temp.path()};
    configs.create(config_named("wx"));
    configs.erase("wx");
    for (const auto& entry : std::filesystem::recursive_directory_iterator{temp.path()})
        CHECK(entry.is_directory());
}

TEST_CASE("a writer waits for another and says so when that one never ends") {
    const TempFolder temp;
    RunConfigs configs{temp.path()};
    configs.create(config_named("wx"));
    auto held = FileLock::acquire(temp.path() / ".locks" / "wx.lock", 0s);
    REQUIRE(held);
    auto waiting = std::async(
        std::launch::async, [&] { RunConfigs{temp.path()}.update("wx", [](RunConfig& config) { config.port = 7; }); });
    CHECK(configs.load("wx")->port == 4000);
    CHECK(waiting.wait_for(20ms) == std::future_status::timeout);
    held.reset();
    waiting.get();
    CHECK(configs.load("wx")->port == 7);

    held = FileLock::acquire(temp.path() / ".locks" / "wx.lock", 0s);
    CHECK_THROWS_WITH(configs.erase("wx"), "another process keeps the run config of 'wx' locked");
    CHECK(configs.load("wx"));
}

TEST_CASE("reading changes nothing on disk") {
    const TempFolder temp;
    RunConfigs configs{temp.path()};
    configs.create(config_named("wx"));
    spill(temp.path() / "bad.json", "{");
    spill(temp.path() / "oauth.json",
          R"({"name":"oauth","transport":"sse","remote_url":"https://x","remote_auth_config":{"client_secret":"s"}})");
    const auto before = snapshot(temp.path());
    static_cast<void>(configs.names());
    static_cast<void>(configs.scan());
    static_cast<void>(configs.load("wx"));
    CHECK(fault_of([&] { static_cast<void>(configs.load("bad")); }) == Fault::usage);
    CHECK(snapshot(temp.path()) == before);
}
