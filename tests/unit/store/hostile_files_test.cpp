// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "samples.hpp"
#include "store/groups.hpp"
#include "store/run_configs.hpp"
#include "store/statuses.hpp"
#include "support/catch.hpp"
#include "support/child.hpp"
#include "support/temp_folder.hpp"

#include <sys/stat.h>

using namespace thv;
using namespace thv::test;
namespace fs = std::filesystem;

namespace {

/// Files that are no run config, each with a part of what is said about it.
std::vector<std::pair<std::string, std::string>> bad_files() {
    const auto whole = to_json(config_named("bad"));
    std::string deep = R"({"name":"bad","x":)" + std::string(100'000, '[');
    std::string wide = R"({"name":"bad")";
    for (int i = 0; i < 50'000; ++i)
        wide += ",\"k" + std::to_string(i) + "\":1";
    return {
        {"", "not valid JSON at byte 1"},
        {whole.substr(0, whole.size() / 2), "not valid JSON"},
        {whole.substr(0, whole.size() - 3), "not valid JSON"},
        {whole + whole, "not valid JSON"},
        {"\x7f" + std::string("ELF\0\0\1", 6), "not valid JSON"},
        {std::string(4096, '\0'), "not valid JSON"},
        {"\xff\xfe{\0}\0", "not valid JSON"},
        {"null", "must be a JSON object"},
        {"[{}]", "must be a JSON object"},
        {"\"bad\"", "must be a JSON object"},
        {"{}", "field 'name'"},
        {R"({"name":"bad","port":"x"})", "field 'port'"},
        {R"({"name":"other"})", "describes the workload 'other'"},
        {R"({"name":"../../bad"})", "field 'name'"},
        {deep, "nested more than 64 deep"},
        {wide, "more than 1024 fields"},
        {R"({"name":")" + std::string(2U << 20U, 'a') + "\"}", "is larger than 1048576 bytes"},
    };
}

} // namespace

TEST_CASE("a file that is no run config is told by its name and hides no other") {
    const TempFolder temp;
    RunConfigs configs{temp.path()};
    configs.create(config_named("aaa"));
    configs.create(config_named("zzz"));
    for (const auto& [content, message] : bad_files()) {
        INFO(content.substr(0, 60));
        spill(temp.path() / "bad.json", content);
        const auto scan = configs.scan();
        CHECK(scan.configs.size() == 2);
        REQUIRE(scan.broken.size() == 1);
        CHECK(scan.broken[0].name == "bad");
        CHECK_THAT(scan.broken[0].error.message(), ContainsSubstring("bad.json") && ContainsSubstring(message));
        CHECK(fault_of([&] { static_cast<void>(configs.load("bad")); }) == Fault::usage);
        CHECK(fault_of([&] { configs.update("bad", [](RunConfig&) {}); }) == Fault::usage);
        CHECK(slurp(temp.path() / "bad.json") == content);
    }
    CHECK(configs.erase("bad"));
    CHECK(configs.scan().broken.empty());
}

TEST_CASE("things that are no files, and files that are no workloads, do no harm") {
    const TempFolder temp;
    RunConfigs configs{temp.path()};
    configs.create(config_named("wx"));
    REQUIRE(::mkfifo((temp.path() / "fifo.json").c_str(), 0600) == 0);
    fs::create_directory(temp.path() / "folder.json");
    fs::create_symlink("/nowhere", temp.path() / "dangling.json");
    fs::create_symlink("/dev/zero", temp.path() / "zero.json");
    fs::create_symlink("loop.json", temp.path() / "loop.json");
    spill(temp.path() / ".wx.json.tmp-a8f2", "half");
    spill(temp.path() / ".hidden.json", "{}");
    spill(temp.path() / "wx.json.corrupted", "x");
    spill(temp.path() / "notes.txt", "x");
    spill(temp.path() / "not a name.json", "{}");
    const auto scan = configs.scan();
    REQUIRE(scan.configs.size() == 1);
    std::vector<std::string> broken;
    for (const auto& one : scan.broken)
        broken.push_back(one.name);
    CHECK(broken == std::vector<std::string>{"fifo", "loop", "not a name", "zero"});
    CHECK(configs.names() == std::vector<std::string>{"dangling", "fifo", "loop", "wx", "zero"});
}

TEST_CASE("erasing takes what a killed writer left of that workload, and of no other") {
    const TempFolder temp;
    RunConfigs configs{temp.path()};
    configs.create(config_named("wx"));
    configs.create(config_named("wx.json"));
    const auto half = [&](const char* file) { return temp.path() / file; };
    for (const auto* file : {".wx.json.tmp-a8f2Q0", ".wx.json.json.tmp-a8f2Q0", ".wxy.json.tmp-a8f2Q0"})
        spill(half(file), "half");
    CHECK(configs.erase("wx"));
    CHECK_FALSE(fs::exists(half(".wx.json.tmp-a8f2Q0")));
    CHECK(fs::exists(half(".wx.json.json.tmp-a8f2Q0")));
    CHECK(fs::exists(half(".wxy.json.tmp-a8f2Q0")));
    CHECK_FALSE(configs.erase("wxy"));
    CHECK_FALSE(fs::exists(half(".wxy.json.tmp-a8f2Q0")));
    CHECK(configs.names() == std::vector<std::string>{"wx.json"});
}

TEST_CASE("a folder that may not be written is denied, and reading it still works") {
    const TempFolder temp;
    RunConfigs{temp.path() / "r"}.create(config_named("wx"));
    fs::permissions(temp.path(), fs::perms{0755});
    fs::permissions(temp.path() / "r", fs::perms{0555});
    fs::permissions(temp.path() / "r" / ".locks", fs::perms{0555});
    fs::permissions(temp.path() / "r" / "wx.json", fs::perms{0444});
    Child child{[&] {
        become_nobody();
        RunConfigs configs{temp.path() / "r"};
        Statuses statuses{temp.path() / "r"};
        if (!configs.load("wx")) return std::string{"cannot read"};
        if (fault_of([&] { configs.create(config_named("new")); }) != Fault::denied) return std::string{"created"};
        if (fault_of([&] { configs.erase("wx"); }) != Fault::denied) return std::string{"erased"};
        if (fault_of([&] { statuses.put("wx", State::running, ""); }) != Fault::denied) return std::string{"put"};
        return std::string{"denied"};
    }};
    CHECK(child.answer() == "denied");
    fs::permissions(temp.path() / "r", fs::perms{0700});
    CHECK(RunConfigs{temp.path() / "r"}.names() == std::vector<std::string>{"wx"});
}

TEST_CASE("a folder that may not be read is denied, not empty") {
    const TempFolder temp;
    fs::permissions(temp.path(), fs::perms{0755});
    RunConfigs{temp.path() / "r"}.create(config_named("wx"));
    fs::permissions(temp.path() / "r", fs::perms{0000});
    Child child{[&] {
        become_nobody();
        const RunConfigs configs{temp.path() / "r"};
        const bool denied = fault_of([&] { static_cast<void>(configs.scan()); }) == Fault::denied &&
                            fault_of([&] { static_cast<void>(configs.load("wx")); }) == Fault::denied;
        return std::string{denied ? "denied" : "empty"};
    }};
    CHECK(child.answer() == "denied");
    fs::permissions(temp.path() / "r", fs::perms{0700});
}

TEST_CASE("a file system that is read-only is denied") {
    const TempFolder temp;
    Child child{[&] {
        enter_own_mounts();
        mount_tmpfs(temp.path(), "size=64k", MS_RDONLY);
        RunConfigs configs{temp.path() / "r"};
        return std::string{fault_of([&] { configs.create(config_named("wx")); }) == Fault::denied ? "denied" : "other"};
    }};
    CHECK(child.answer() == "denied");
}

TEST_CASE("a full disk loses nothing, leaves no half files, and is named") {
    const TempFolder temp;
    Child child{[&] {
        enter_own_mounts();
        mount_tmpfs(temp.path(), "size=64k");
        RunConfigs configs{temp.path() / "r"};
        Statuses statuses{temp.path() / "s"};
        configs.create(config_named("wx"));
        statuses.put("wx", State::running, "fine");
        const auto config = slurp(temp.path() / "r" / "wx.json");
        const auto status = slurp(temp.path() / "s" / "wx.json");
        try {
            spill(temp.path() / "filler", std::string(1U << 20U, 'x'));
        } catch (const std::system_error&) {
            // The filler takes what there is and fails.
        }
        const auto files = snapshot(temp.path()).size();
        std::string said;
        try {
            configs.update("wx", [](RunConfig& changed) { changed.cmd_args.assign(1000, "x"); });
        } catch (const Error& error) {
            said = error.message() + "; " + error.hint();
        }
        const bool refused = fault_of([&] { statuses.put("wx", State::error, "later"); }).has_value() &&
                             fault_of([&] { configs.create(config_named("new")); }).has_value();
        if (!refused) return std::string{"wrote to a full disk"};
        if (slurp(temp.path() / "r" / "wx.json") != config) return std::string{"run config damaged"};
        if (slurp(temp.path() / "s" / "wx.json") != status) return std::string{"status damaged"};
        if (RunConfigs::Scan scan = configs.scan(); scan.configs.size() != 1 || !scan.broken.empty()) {
            return std::string{"a half file is listed"};
        }
        // Only a lock file may have come.
        if (snapshot(temp.path()).size() > files + 1) return std::string{"a temp file stayed"};
        fs::remove(temp.path() / "filler");
        configs.update("wx", [](RunConfig& changed) { changed.port = 9; });
        return said;
    }};
    CHECK_THAT(child.answer(), ContainsSubstring("No space left on device; free some disk space and try again"));
}
