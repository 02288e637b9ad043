// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "proxy/audit_file.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <thread>

using namespace thv;
using namespace thv::proxy;
using namespace thv::test;

namespace {

/// The file's text, once it is as wanted.
std::string text_when(const std::filesystem::path& path, const std::function<bool(const std::string&)>& wanted) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (true) {
        const auto text = std::filesystem::exists(path) ? slurp(path) : std::string{};
        if (wanted(text) || std::chrono::steady_clock::now() > end) return text;
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
}

std::string text_ending_in(const std::filesystem::path& path, const std::string& end) {
    return text_when(path, [&](const std::string& text) { return text.ends_with(end); });
}

void wait_for_loss(const AuditFile& file, std::uint64_t lost) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (file.lost() < lost && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    CHECK(file.lost() == lost);
}

} // namespace

TEST_CASE("lines are in the file soon, in order, and at the latest at the end") {
    const TempFolder folder;
    const auto path = folder.path() / "logs" / "audit.jsonl";
    std::string all;
    {
        AuditFile file{path};
        file.add("first");
        CHECK(text_ending_in(path, "first\n") == "first\n");
        all = "first\n";
        for (int i = 0; i < 10'000; ++i) {
            all += fmt::format("line {}\n", i);
            file.add(fmt::format("line {}", i));
        }
    }
    CHECK(slurp(path) == all);
    struct stat info{};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777U) == 0600U);
}

TEST_CASE("an audit log goes on in a new file when the old one was moved away, and in an emptied one") {
    const TempFolder folder;
    const auto path = folder.path() / "audit.jsonl";
    AuditFile file{path};
    file.add("first");
    text_ending_in(path, "first\n");
    std::filesystem::rename(path, folder.path() / "old.jsonl");
    file.add("second");
    CHECK(text_ending_in(path, "second\n") == "second\n");
    CHECK(slurp(folder.path() / "old.jsonl") == "first\n");
    std::filesystem::resize_file(path, 0);
    file.add("third");
    CHECK(text_ending_in(path, "third\n") == "third\n");
    CHECK(file.lost() == 0);
}

TEST_CASE("lines that a full disk does not take are counted") {
    AuditFile file{"/dev/full"};
    file.add("one");
    wait_for_loss(file, 1);
    file.add("two");
    wait_for_loss(file, 2);
}

TEST_CASE("a line that was written in part does not spoil the next one") {
    const TempFolder folder;
    const auto path = folder.path() / "audit.jsonl";
    rlimit old{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &old) == 0);
    auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
    AuditFile file{path};
    rlimit narrow = old;
    narrow.rlim_cur = 14;
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &narrow) == 0);
    file.add("0123456789");
    file.add("abcdefghij");
    wait_for_loss(file, 1);
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &old) == 0);
    file.add("whole");
    const auto text = text_ending_in(path, "whole\n");
    std::signal(SIGXFSZ, handler);
    CHECK(text == "0123456789\nabc\nwhole\n");
}

TEST_CASE("lines are lost, not waited for, while the file cannot be made anew") {
    const TempFolder folder;
    const auto path = folder.path() / "sub" / "audit.jsonl";
    AuditFile file{path};
    std::filesystem::remove_all(path.parent_path());
    file.add("lost");
    wait_for_loss(file, 1);
    std::filesystem::create_directory(path.parent_path());
    file.add("kept");
    CHECK(text_ending_in(path, "kept\n") == "kept\n");
}

TEST_CASE("what is no file to write to is refused with its name") {
    const TempFolder folder;
    const auto pipe = folder.path() / "pipe";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    const auto link = folder.path() / "link";
    std::filesystem::create_symlink("/etc/motd", link);
    for (const auto& path : {pipe, link, folder.path(), std::filesystem::path{"/dev/null/x"}}) {
        INFO(path);
        CHECK_THROWS_AS(AuditFile{path}, Error);
    }
}
