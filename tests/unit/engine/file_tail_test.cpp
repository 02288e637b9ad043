// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/file_tail.hpp"
#include "io/deadline.hpp"
#include "io/files.hpp"
#include "support/catch.hpp"
#include "support/drive.hpp"
#include "support/temp_folder.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <fstream>
#include <functional>

using namespace thv;
using namespace std::chrono_literals;
using thv::test::drive;
using thv::test::TempFolder;
using Lines = std::vector<std::string>;

namespace {

Lines tail(const std::filesystem::path& path, TailOptions options) {
    Lines lines;
    const auto note = [&](const LogLine& line) { lines.emplace_back(line.text); };
    drive(engine::tail_file(path, options, note, [] { return true; }));
    return lines;
}

TailOptions last(int count) {
    TailOptions options;
    options.lines = count;
    return options;
}

void append(const std::filesystem::path& path, std::string_view text) {
    std::ofstream out{path, std::ios::app | std::ios::binary};
    out << text;
}

/// Follows a file; each line that is seen triggers the next act, and after the last one the workload is gone.
Lines follow(const std::filesystem::path& path, std::vector<std::function<void()>> acts, TailOptions options = {}) {
    options.follow = true;
    Lines lines;
    asio::io_context context{1};
    std::size_t next = 0;
    const auto act = [&] {
        if (next < acts.size()) acts[next]();
        ++next;
    };
    const auto note = [&](const LogLine& line) {
        lines.emplace_back(line.text);
        act();
    };
    if (!std::filesystem::exists(path)) act();
    const auto alive = [&] { return next < acts.size() + 1; };
    drive(context, with_deadline(engine::tail_file(path, options, note, alive), 20s, "following"));
    return lines;
}

} // namespace

TEST_CASE("the last lines of a log are found from its end, whatever ends it") {
    TempFolder folder;
    const auto log = folder.path() / "x.log";
    test::spill(log, "one\ntwo\n\nfour\n");
    CHECK(tail(log, {}) == Lines{"one", "two", "", "four"});
    CHECK(tail(log, last(1)) == Lines{"four"});
    CHECK(tail(log, last(2)) == Lines{"", "four"});
    CHECK(tail(log, last(4)) == Lines{"one", "two", "", "four"});
    CHECK(tail(log, last(100)).size() == 4);
    CHECK(tail(log, last(0)).empty());
    append(log, "unfinished");
    CHECK(tail(log, last(2)) == Lines{"four", "unfinished"});
}

TEST_CASE("the last lines are found across blocks") {
    TempFolder folder;
    const auto log = folder.path() / "x.log";
    for (int i = 0; i < 3000; ++i)
        append(log, std::to_string(i) + std::string(97, '.') + "\n");
    const auto lines = tail(log, last(1500));
    REQUIRE(lines.size() == 1500);
    CHECK(lines.front().starts_with("1500."));
    CHECK(lines.back().starts_with("2999."));
}

TEST_CASE("a log that is not there has no lines, and a line without end is cut at a megabyte") {
    TempFolder folder;
    const auto log = folder.path() / "x.log";
    CHECK(tail(log, {}).empty());
    CHECK(tail(log, last(5)).empty());
    test::spill(log, std::string(3U << 20U, 'x') + "\nnext\n");
    const auto lines = tail(log, {});
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].size() == 1U << 20U);
    CHECK(lines[1] == "next");
}

TEST_CASE("lines since a time are those that say so, and those that belong to them") {
    TempFolder folder;
    const auto log = folder.path() / "x.log";
    test::spill(log, "before any time\n2026-01-01T00:00:00Z a\n  more of a\n2026-01-02T00:00:00.5Z b\n  more of b\n");
    TailOptions options;
    options.since = value_or_throw(parse_rfc3339("2026-01-02T00:00:00Z"));
    CHECK(tail(log, options) == Lines{"2026-01-02T00:00:00.5Z b", "  more of b"});
    options.lines = 1;
    CHECK(tail(log, options).empty());
}

TEST_CASE("a follower sees what is appended, and the rest of a line that was unfinished") {
    TempFolder folder;
    const auto log = folder.path() / "x.log";
    test::spill(log, "old\nnew\n");
    CHECK(follow(log, {[&] { append(log, "unfin"), append(log, "ished\n"); }, [&] { append(log, "end\n"); }},
                 last(1)) == Lines{"new", "unfinished", "end"});
}

TEST_CASE("a follower survives truncation, rotation, and a log that appears later") {
    TempFolder folder;
    const auto log = folder.path() / "x.log";
    const std::vector<std::function<void()>> acts{
        [&] { test::spill(log, "appeared, and quite long\n"); },
        [&] { test::spill(log, "cut\n"); },
        [&] {
            std::filesystem::rename(log, folder.path() / "x.log.1");
            test::spill(log, "rotated, a new file of its own\n");
        },
        [&] {
            std::filesystem::remove(log);
            write_atomic(log, "replaced\n");
        },
    };
    CHECK(follow(log, acts) == Lines{"appeared, and quite long", "cut", "rotated, a new file of its own", "replaced"});
}

TEST_CASE("a follower ends when the workload is gone, after what was written last") {
    TempFolder folder;
    const auto log = folder.path() / "x.log";
    test::spill(log, "last words");
    TailOptions options;
    options.follow = true;
    Lines lines;
    const auto note = [&](const LogLine& line) { lines.emplace_back(line.text); };
    drive(with_deadline(engine::tail_file(log, options, note, [] { return false; }), 5s, "following"));
    CHECK(lines == Lines{"last words"});
}
