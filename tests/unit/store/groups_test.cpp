// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "samples.hpp"
#include "store/groups.hpp"
#include "support/catch.hpp"
#include "support/child.hpp"
#include "support/temp_folder.hpp"

#include <future>

using namespace thv;
using namespace thv::test;
using namespace std::chrono_literals;

namespace {

GroupName group(std::string_view name) {
    return value_or_throw(GroupName::parse(name));
}

struct Store {
    TempFolder temp;
    RunConfigs configs{temp.path() / "runconfigs"};
    Groups groups{temp.path() / "groups", configs};

    std::filesystem::path file(const std::string& name) const { return temp.path() / "groups" / (name + ".json"); }
    void run(const std::string& name, const std::string& in) {
        auto config = config_named(name);
        config.group = in;
        configs.create(config);
    }
    std::vector<std::string> names() const {
        std::vector<std::string> out;
        for (const auto& found : groups.scan().groups)
            out.push_back(found.name);
        return out;
    }
};

} // namespace

TEST_CASE("the group default is there before anything is written, and reading writes nothing") {
    const Store store;
    CHECK(store.names() == std::vector<std::string>{"default"});
    CHECK(store.groups.exists(group("default")));
    CHECK_FALSE(store.groups.exists(group("tools")));
    CHECK(store.groups.members(group("default")).empty());
    CHECK(std::filesystem::is_empty(store.temp.path()));
}

TEST_CASE("a created group is listed and has upstream's bytes") {
    Store store;
    store.groups.create(group("my tools"));
    store.groups.create(group("a"));
    CHECK(store.names() == std::vector<std::string>{"a", "default", "my tools"});
    CHECK(slurp(store.file("my tools")) == "{\n  \"name\": \"my tools\",\n  \"registered_clients\": []\n}\n");
}

TEST_CASE("a group is created once") {
    Store store;
    store.groups.create(group("tools"));
    CHECK(fault_of([&] { store.groups.create(group("tools")); }) == Fault::conflict);
    CHECK(fault_of([&] { store.groups.create(group("default")); }) == Fault::conflict);
    CHECK(fault_of([&] { store.groups.create(group("__mcp-optimizer__")); }) == Fault::denied);
    std::vector<Child> children;
    for (int i = 0; i < 6; ++i) {
        children.emplace_back([&] {
            store.groups.create(group("race"));
            return std::string{"made"};
        });
    }
    int made = 0;
    for (auto& child : children)
        made += child.answer() == "made" ? 1 : 0;
    CHECK(made == 1);
}

TEST_CASE("members are told by the run configs") {
    Store store;
    store.groups.create(group("tools"));
    store.run("wx", "tools");
    store.run("fetch", "tools");
    store.run("other", "default");
    spill(store.temp.path() / "runconfigs" / "old.json", R"({"name":"old","transport":"stdio"})");
    CHECK(store.groups.members(group("tools")) == std::vector<std::string>{"fetch", "wx"});
    CHECK(store.groups.members(group("default")) == std::vector<std::string>{"old", "other"});
}

TEST_CASE("only an empty group that is not default is removed") {
    Store store;
    store.groups.create(group("tools"));
    store.run("wx", "tools");
    CHECK(fault_of([&] { store.groups.erase(group("tools")); }) == Fault::conflict);
    CHECK(fault_of([&] { store.groups.erase(group("default")); }) == Fault::denied);
    CHECK(fault_of([&] { store.groups.erase(group("absent")); }) == Fault::not_found);
    store.configs.erase("wx");
    store.groups.erase(group("tools"));
    CHECK(store.names() == std::vector<std::string>{"default"});
    CHECK(fault_of([&] { store.groups.erase(group("tools")); }) == Fault::not_found);
}

TEST_CASE("a workload that cannot be read keeps groups from being removed") {
    Store store;
    store.groups.create(group("tools"));
    spill(store.temp.path() / "runconfigs" / "bad.json", "{");
    CHECK_THROWS_WITH(store.groups.erase(group("tools")),
                      ContainsSubstring("the group of workload 'bad' cannot be told"));
    CHECK(store.groups.exists(group("tools")));
}

TEST_CASE("a group does not go away while it is pinned, and default gets its file when it is") {
    Store store;
    store.groups.create(group("tools"));
    CHECK(fault_of([&] { static_cast<void>(store.groups.pin(group("absent"))); }) == Fault::not_found);
    auto pin = std::optional{store.groups.pin(group("tools"))};
    auto erasing = std::async(std::launch::async, [&] { store.groups.erase(group("tools")); });
    CHECK(erasing.wait_for(20ms) == std::future_status::timeout);
    store.run("wx", "tools");
    pin.reset();
    CHECK_THROWS_WITH(erasing.get(), "the group 'tools' still has workloads");
    CHECK_FALSE(std::filesystem::exists(store.file("default")));
    pin.emplace(store.groups.pin(group("default")));
    CHECK(slurp(store.file("default")) == "{\n  \"name\": \"default\",\n  \"registered_clients\": []\n}\n");
}

TEST_CASE("an update keeps what upstream keeps in a group, and loses nothing of others") {
    Store store;
    spill(store.file("tools"), R"({"name":"tools","registered_clients":["cursor"],"skills":["s"],"future":1})");
    std::vector<Child> children;
    for (const std::string who : {"a", "b", "c", "d"}) {
        children.emplace_back([&, who] {
            for (int i = 0; i < 10; ++i) {
                store.groups.update(group("tools"), [&](GroupFile& file) {
                    file.registered_clients.push_back(who + std::to_string(i));
                });
            }
            return std::string{"done"};
        });
    }
    for (auto& child : children)
        CHECK(child.answer() == "done");
    const auto written = nlohmann::ordered_json::parse(slurp(store.file("tools")));
    CHECK(written["registered_clients"].size() == 41);
    CHECK(written["skills"].dump() == R"(["s"])");
    CHECK(written["future"] == 1);
    CHECK(fault_of([&] { store.groups.update(group("absent"), [](GroupFile&) {}); }) == Fault::not_found);
}

TEST_CASE("upstream's hidden group is not listed but exists") {
    Store store;
    spill(store.file("__mcp-optimizer__"), R"({"name":"__mcp-optimizer__","registered_clients":null})");
    CHECK(store.names() == std::vector<std::string>{"default"});
    CHECK(store.groups.exists(group("__mcp-optimizer__")));
}

TEST_CASE("a broken group never hides the others") {
    Store store;
    store.groups.create(group("tools"));
    spill(store.file("bad"), "{");
    spill(store.file("copy"), slurp(store.file("tools")));
    spill(store.file("Not A Name"), "{}");
    CHECK(store.names() == std::vector<std::string>{"default", "tools"});
    const auto broken = store.groups.scan().broken;
    REQUIRE(broken.size() == 3);
    CHECK(broken[0].name == "Not A Name");
    CHECK(broken[1].name == "bad");
    CHECK_THAT(broken[2].error.message(), ContainsSubstring("copy.json: describes another group"));
}
