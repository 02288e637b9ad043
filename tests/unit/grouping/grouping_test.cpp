// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/grouping.hpp"
#include "support/catch.hpp"
#include "support/child.hpp"
#include "support/drive.hpp"
#include "support/temp_folder.hpp"

#include <nlohmann/json.hpp>

using namespace thv;
using namespace thv::test;

namespace {

using Names = std::vector<std::string>;

GroupName group(std::string_view name) {
    return value_or_throw(GroupName::parse(name));
}

/// The workloads "fetch" and "wx" in "tools", "other" in "default", and the groups "tools" and "work".
struct Machine {
    TempFolder temp;
    RunConfigs configs{temp.path() / "runconfigs"};
    thv::Groups groups{temp.path() / "groups", configs};
    engine::Grouping grouping{groups, configs};

    Machine() {
        drive(grouping.create(group("tools")));
        drive(grouping.create(group("work")));
        for (const std::string name : {"fetch", "wx", "other"}) {
            RunConfig config;
            config.image = "fetch:1";
            config.name = config.base_name = name;
            config.group = name == "other" ? "default" : "tools";
            configs.create(config);
        }
    }
    Names members(std::string_view name) { return drive(grouping.members(group(name))); }
    std::vector<Outcome> move(Names names, std::optional<std::string_view> from, std::string_view to) {
        std::optional<GroupName> source;
        if (from) source = group(*from);
        return drive(grouping.move(std::move(names), source, group(to)));
    }
    std::filesystem::path file(const std::string& name) const { return temp.path() / "runconfigs" / (name + ".json"); }
};

} // namespace

TEST_CASE("groups are sorted, default among them, the unreadable ones too") {
    Machine machine;
    spill(machine.temp.path() / "groups" / "broken.json", "{");
    spill(machine.temp.path() / "groups" / "No Group.json", "{");
    spill(machine.temp.path() / "groups" / "zoo.json", R"({"name":"zoo","registered_clients":["cursor"]})");
    const auto found = drive(machine.grouping.groups());
    Names names;
    for (const auto& one : found)
        names.push_back(one.name);
    CHECK(names == Names{"broken", "default", "tools", "work", "zoo"});
    CHECK(found.back().registered_clients == Names{"cursor"});
}

TEST_CASE("members of a group that is not there are not found") {
    Machine machine;
    CHECK(machine.members("tools") == Names{"fetch", "wx"});
    CHECK(machine.members("work").empty());
    CHECK_THROWS_WITH(machine.members("absent"), "no group named 'absent'");
}

TEST_CASE("moving workloads changes their group and nothing else") {
    Machine machine;
    auto before = slurp(machine.file("wx"));
    const auto outcomes = machine.move({"wx", "fetch"}, std::nullopt, "work");
    REQUIRE(outcomes.size() == 2);
    CHECK(outcomes[0].name == "wx");
    CHECK_FALSE(outcomes[0].error);
    CHECK_FALSE(outcomes[1].error);
    CHECK(machine.members("work") == Names{"fetch", "wx"});
    CHECK(machine.members("tools").empty());
    before.replace(before.find("\"tools\""), 7, "\"work\"");
    CHECK(slurp(machine.file("wx")) == before);
}

TEST_CASE("each workload has its own outcome, and one failure stops no other") {
    Machine machine;
    spill(machine.file("broken"), "{");
    const auto outcomes = machine.move({"absent", "other", "a/b", "broken", "wx"}, "tools", "work");
    REQUIRE(outcomes.size() == 5);
    CHECK(outcomes[0].error->fault() == Fault::not_found);
    CHECK(outcomes[1].error->fault() == Fault::conflict);
    CHECK(outcomes[1].error->message() == "workload 'other' is in group 'default', not in 'tools'");
    CHECK(outcomes[2].error->fault() == Fault::usage);
    CHECK(outcomes[3].error->fault() == Fault::usage);
    CHECK_FALSE(outcomes[4].error);
    CHECK(machine.members("work") == Names{"wx"});
    CHECK(machine.members("default") == Names{"other"});
}

TEST_CASE("nothing moves to a group that is not there") {
    Machine machine;
    CHECK_THROWS_WITH(machine.move({"wx"}, std::nullopt, "absent"), "no group named 'absent'");
    CHECK(machine.members("tools") == Names{"fetch", "wx"});
}

TEST_CASE("moving to where it is already is a success that writes nothing") {
    Machine machine;
    const auto before = std::filesystem::last_write_time(machine.file("wx"));
    CHECK_FALSE(machine.move({"wx"}, "tools", "tools").front().error);
    CHECK(std::filesystem::last_write_time(machine.file("wx")) == before);
}

TEST_CASE("a workload without a group is in default, and a move there writes it down") {
    Machine machine;
    spill(machine.file("old"), R"({"name":"old","transport":"stdio"})");
    CHECK(machine.members("default") == Names{"old", "other"});
    CHECK_FALSE(machine.move({"old"}, "default", "default").front().error);
    CHECK(nlohmann::json::parse(slurp(machine.file("old")))["group"] == "default");
    CHECK(std::filesystem::exists(machine.temp.path() / "groups" / "default.json"));
}

TEST_CASE("concurrent moves and changes of one workload lose nothing") {
    Machine machine;
    std::vector<Child> children;
    for (const std::string to : {"tools", "work", "default"}) {
        children.emplace_back([&, to] {
            for (int i = 0; i < 15; ++i) {
                const auto outcomes = machine.move({"wx", "fetch"}, std::nullopt, to);
                for (const auto& outcome : outcomes) {
                    if (outcome.error) return outcome.error->message();
                }
            }
            return std::string{"done"};
        });
    }
    for (int i = 0; i < 30; ++i) {
        machine.configs.update("wx", [i](RunConfig& config) { config.env_vars["V" + std::to_string(i)] = "1"; });
    }
    for (auto& child : children)
        CHECK(child.answer() == "done");
    CHECK(machine.configs.load("wx")->env_vars.size() == 30);
    auto all = machine.members("tools");
    for (const auto& name : machine.members("work"))
        all.push_back(name);
    for (const auto& name : machine.members("default"))
        all.push_back(name);
    std::ranges::sort(all);
    CHECK(all == Names{"fetch", "other", "wx"});
}

TEST_CASE("of a removal and a move at once, the move never ends in a group that is gone") {
    Machine machine;
    for (int round = 0; round < 15; ++round) {
        Child removing{[&] {
            drive(machine.grouping.erase(group("work")));
            return std::string{"removed"};
        }};
        bool moved = false;
        try {
            moved = !machine.move({"wx"}, std::nullopt, "work").front().error;
        } catch (const Error& error) {
            CHECK(error.fault() == Fault::not_found);
        }
        CHECK((removing.answer() == "removed") == !moved);
        CHECK(machine.groups.exists(group("work")) == moved);
        if (!moved) drive(machine.grouping.create(group("work")));
        CHECK_FALSE(machine.move({"wx"}, std::nullopt, "tools").front().error);
    }
}
