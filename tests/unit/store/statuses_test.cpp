// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "samples.hpp"
#include "store/statuses.hpp"
#include "support/catch.hpp"
#include "support/child.hpp"
#include "support/temp_folder.hpp"

#include <future>
#include <thread>

using namespace thv;
using namespace thv::test;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view golden = R"({
  "status": "error",
  "status_context": "exit 1 \u003cno such file\u003e",
  "created_at": "2026-03-01T09:30:00.123456789Z",
  "updated_at": "2026-03-01T09:31:00Z",
  "process_id": 4711
})";

std::string refusal(std::string_view text) {
    try {
        static_cast<void>(status_from_json(text, "wx.json"));
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::usage);
        return error.message();
    }
    return "accepted";
}

} // namespace

TEST_CASE("a status file is read, and written back byte for byte") {
    const auto status = status_from_json(golden, "wx.json");
    CHECK(status.state == State::error);
    CHECK(status.context == "exit 1 <no such file>");
    CHECK(status.process_id == 4711);
    CHECK(format_rfc3339(status.created_at) == "2026-03-01T09:30:00.123456789Z");
    CHECK(to_json(status) == golden);
}

TEST_CASE("upstream's local times are read, and fields that we do not know survive") {
    const auto status = status_from_json(
        R"({"x":{"y":1},"status":"running","created_at":"2026-03-01T09:30:00.5+02:00","updated_at":"0001-01-01T00:00:00Z"})",
        "wx.json");
    CHECK(format_rfc3339(status.created_at) == "2026-03-01T07:30:00.5Z");
    CHECK(status.updated_at == status.created_at);
    CHECK(status.process_id == 0);
    CHECK(nlohmann::ordered_json::parse(to_json(status))["x"].dump() == R"({"y":1})");
}

TEST_CASE("a status that says too little or wrong things is refused") {
    const std::string times = R"("created_at":"2026-03-01T09:30:00Z","updated_at":"2026-03-01T09:30:00Z")";
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "not valid JSON"},
        {"{}", "field 'status' must be a state"},
        {"[]", "must be a JSON object"},
        {"{" + times + "}", "field 'status' must be a state"},
        {R"({"status":1,)" + times + "}", "field 'status' must be a string"},
        {R"({"status":"running"})", "field 'created_at' must be a time"},
        {R"({"status":"running","created_at":"0001-01-01T00:00:00Z"})", "field 'created_at' must be a time"},
        {R"({"status":"running","created_at":"2026-03-01T09:30:00Z","updated_at":"soon"})", "field 'updated_at'"},
        {R"({"status":"running","process_id":-1,)" + times + "}", "field 'process_id' must be an integer from 0"},
        {R"({"status":"running","process_id":1e3,)" + times + "}", "field 'process_id' must be an integer from 0"},
        {R"({"status":"running","process_id":4294967296,)" + times + "}", "field 'process_id'"},
        {std::string{golden.substr(0, 80)}, "not valid JSON"},
    };
    for (const auto& [text, message] : cases) {
        INFO(text);
        CHECK_THAT(refusal(text), StartsWith("wx.json: ") && ContainsSubstring(message));
    }
}

TEST_CASE("putting a state keeps the time of creation and the PID") {
    const TempFolder temp;
    Statuses statuses{temp.path() / "statuses"};
    const auto before = now();
    statuses.put("wx", State::starting, "");
    CHECK(statuses.names() == std::vector<std::string>{"wx"});
    const auto first = *statuses.load("wx");
    CHECK(first.state == State::starting);
    CHECK(first.created_at >= before);
    CHECK(first.created_at == first.updated_at);
    CHECK(statuses.set_pid("wx", 4711));
    statuses.put("wx", State::running, "ready");
    const auto second = *statuses.load("wx");
    CHECK(second.state == State::running);
    CHECK(second.context == "ready");
    CHECK(second.process_id == 4711);
    CHECK(second.created_at == first.created_at);
    CHECK(second.updated_at > first.updated_at);
}

TEST_CASE("a PID is set only in a file that is there and cleared only by its owner") {
    const TempFolder temp;
    Statuses statuses{temp.path() / "statuses"};
    CHECK_FALSE(statuses.set_pid("wx", 1));
    CHECK_FALSE(statuses.clear_pid("wx", 1));
    CHECK(std::filesystem::is_empty(temp.path()));
    statuses.put("wx", State::running, "");
    CHECK(statuses.set_pid("wx", 4711));
    CHECK_FALSE(statuses.clear_pid("wx", 4712));
    CHECK(statuses.load("wx")->process_id == 4711);
    CHECK(statuses.clear_pid("wx", 4711));
    CHECK(statuses.load("wx")->process_id == 0);
}

TEST_CASE("an erased status stays erased whatever its late writers say about the PID") {
    const TempFolder temp;
    Statuses statuses{temp.path()};
    statuses.put("wx", State::running, "");
    CHECK(statuses.erase("wx"));
    CHECK_FALSE(statuses.erase("wx"));
    CHECK_FALSE(statuses.set_pid("wx", 7));
    CHECK_FALSE(statuses.load("wx"));
    CHECK(statuses.names().empty());
}

TEST_CASE("any bytes can be a context, and a long one is cut") {
    const TempFolder temp;
    Statuses statuses{temp.path()};
    statuses.put("wx", State::error, "bad \xff\xfe bytes\n\x01");
    CHECK(statuses.load("wx")->context == "bad \ufffd\ufffd bytes\n\x01");
    statuses.put("wx", State::error, std::string_view{"nul \0 byte", 10});
    CHECK(statuses.load("wx")->context == "nul   byte");
    statuses.put("wx", State::error, std::string(1'000'000, 'x'));
    CHECK(statuses.load("wx")->context == std::string(4096, 'x'));
}

TEST_CASE("a broken status is an error to readers, moved aside on request and replaced by the next state") {
    const TempFolder temp;
    Statuses statuses{temp.path()};
    spill(temp.path() / "wx.json", "{\"status\":");
    CHECK(fault_of([&] { static_cast<void>(statuses.load("wx")); }) == Fault::usage);
    CHECK(fault_of([&] { statuses.set_pid("wx", 1); }) == Fault::usage);
    CHECK(slurp(temp.path() / "wx.json") == "{\"status\":");
    CHECK(statuses.quarantine("wx"));
    CHECK(slurp(temp.path() / "wx.json.corrupted") == "{\"status\":");
    CHECK_FALSE(statuses.load("wx"));
    CHECK_FALSE(statuses.quarantine("wx"));
    CHECK(statuses.names().empty());

    spill(temp.path() / "wx.json", "again");
    statuses.put("wx", State::running, "");
    CHECK(statuses.load("wx")->state == State::running);
    CHECK(slurp(temp.path() / "wx.json.corrupted") == "again");
    CHECK_FALSE(statuses.quarantine("wx"));
    CHECK(statuses.load("wx"));
}

TEST_CASE("writers exclude each other, also between threads, and lose nothing") {
    const TempFolder temp;
    Statuses statuses{temp.path()};
    statuses.put("wx", State::starting, "");
    const auto created = statuses.load("wx")->created_at;
    const auto put = [&](State state) {
        Statuses own{temp.path()};
        for (int i = 0; i < 20; ++i)
            own.put("wx", state, "");
        return std::string{"done"};
    };
    Child other{[&] { return put(State::running); }};
    std::thread thread{[&] { put(State::unhealthy); }};
    for (int pid = 1; pid <= 20; ++pid) {
        REQUIRE(statuses.set_pid("wx", pid));
        // Nobody else writes PIDs, so a writer that worked on old content would show here.
        REQUIRE(statuses.load("wx")->process_id == pid);
    }
    thread.join();
    CHECK(other.answer() == "done");
    CHECK(statuses.load("wx")->created_at == created);
    CHECK(statuses.load("wx")->process_id == 20);
}

TEST_CASE("a writer that gives up waiting leaves the holder's lock in place") {
    const TempFolder temp;
    Statuses statuses{temp.path()};
    statuses.put("wx", State::running, "");
    const auto file = temp.path() / "wx.lock";
    const auto held = FileLock::acquire(file, 0s);
    REQUIRE(held);
    CHECK_THROWS_WITH(statuses.put("wx", State::stopped, ""), "another process keeps the status of 'wx' locked");
    CHECK(FileLock::held(file));
    CHECK_FALSE(FileLock::acquire(file, 0s));
    CHECK(statuses.load("wx")->state == State::running);
}

TEST_CASE("a lock file that upstream unlinks while we wait for it does not let two writers in") {
    const TempFolder temp;
    const auto file = temp.path() / "wx.lock";
    Statuses statuses{temp.path()};
    statuses.put("wx", State::running, "");
    auto old = FileLock::acquire(file, 0s);
    REQUIRE(old);
    auto waiting = std::async(std::launch::async, [&] { Statuses{temp.path()}.put("wx", State::stopped, ""); });
    std::filesystem::remove(file);
    auto fresh = FileLock::acquire(file, 0s);
    // Whoever comes first to the new file has it; the waiter must not be content with the old one.
    old.reset();
    if (fresh) CHECK(statuses.load("wx")->state == State::running);
    fresh.reset();
    waiting.get();
    CHECK(statuses.load("wx")->state == State::stopped);
    CHECK(std::filesystem::exists(file));
}

TEST_CASE("reading statuses changes nothing on disk and takes no lock") {
    const TempFolder temp;
    Statuses statuses{temp.path()};
    statuses.put("wx", State::running, "");
    spill(temp.path() / "bad.json", "{\"status\": \"running\",,}");
    spill(temp.path() / "old.json", golden);
    const auto held = FileLock::acquire(temp.path() / "wx.lock", 0s);
    const auto before = snapshot(temp.path());
    CHECK(statuses.load("wx")->state == State::running);
    CHECK(statuses.load("old")->state == State::error);
    CHECK(fault_of([&] { static_cast<void>(statuses.load("bad")); }) == Fault::usage);
    CHECK(statuses.names() == std::vector<std::string>{"bad", "old", "wx"});
    CHECK(snapshot(temp.path()) == before);
}
