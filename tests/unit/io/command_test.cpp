// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "io/command.hpp"
#include "io/deadline.hpp"
#include "io/process.hpp"
#include "io/race.hpp"
#include "support/catch.hpp"
#include "support/child.hpp"
#include "support/drive.hpp"
#include "support/failure.hpp"
#include "support/temp_folder.hpp"

#include <pty.h>
#include <sys/ioctl.h>

#include <csignal>
#include <thread>

using namespace thv;
using namespace std::chrono_literals;
using test::drive;
using test::slurp;
using test::spill;
using test::TempFolder;

namespace {

Command shell(std::string script) {
    return {.arguments = {"sh", "-c", std::move(script)}, .environment = {"PATH=/usr/bin:/bin"}};
}

Error error_of(Command command) {
    return test::error_of([&] { drive(run_command(std::move(command))); });
}

bool soon(const std::function<bool()>& condition) {
    const auto until = std::chrono::steady_clock::now() + 10s;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::sleep_for(5ms);
    }
    return true;
}

bool gone(const std::filesystem::path& pid_file) {
    const auto pid = std::stoi(slurp(pid_file));
    return soon([pid] { return !process_info(pid); });
}

/// Starts a child of its own and never ends; both tell their PIDs in files of the folder.
std::string endless(const TempFolder& folder) {
    return "cd " + folder.path().string() +
           "; sleep 1000 & echo $! > child; echo $$ > parent.new; mv parent.new parent; wait";
}

Task<> until_there(std::filesystem::path file) {
    while (!std::filesystem::exists(file))
        co_await sleep_for(5ms);
}

Task<> run_it(Command command) {
    co_await run_command(std::move(command));
}

} // namespace

TEST_CASE("a command's output and exit code come back") {
    const auto [script, code, output] = GENERATE(table<std::string, int, std::string>({
        {"echo hello", 0, "hello\n"},
        {"printf x; exit 3", 3, "x"},
        {"kill -TERM $$", 128 + SIGTERM, ""},
        {"head -c 300000 /dev/zero | tr '\\0' x", 0, std::string(300'000, 'x')},
        {"cat", 0, ""},                           // stdin is empty
        {"echo ${HOME-unset}", 0, "unset\n"},     // the environment is the given one
        {"exec 1>&-; sleep 0.05; exit 4", 4, ""}, // the end of the output is not the end of the program
        {"kill -PIPE $$; echo alive", 128 + SIGPIPE, ""},
    }));
    CAPTURE(script);
    const auto result = drive(run_command(shell(script)));
    CHECK(result.exit_code == code);
    CHECK(result.output == output);
}

TEST_CASE("a command gets no descriptor but the standard ones") {
    const Fd open{::open("/dev/null", O_RDONLY)};
    const auto result = drive(run_command(shell("test -e /proc/$$/fd/" + std::to_string(open.get()) + "; echo $?")));
    CHECK(result.output == "1\n");
}

TEST_CASE("what a command leaves in the background is neither waited for nor killed") {
    const auto result = drive(run_command(shell("sleep 1000 & echo $!")));
    const auto pid = std::stoi(result.output);
    // Until it has become `sleep` it may change between being looked at and being signalled.
    CHECK(soon([pid] {
        const auto left = process_info(pid);
        return left && signal_process(*left, SIGKILL);
    }));
}

TEST_CASE("a command that takes too long is killed with its children") {
    const TempFolder folder;
    auto command = shell(endless(folder));
    command.deadline = 500ms;
    const auto error = error_of(std::move(command));
    CHECK(error.fault() == Fault::timed_out);
    CHECK_THAT(error.message(), ContainsSubstring("running 'sh'"));
    CHECK(gone(folder.path() / "child"));
    CHECK(gone(folder.path() / "parent"));
}

TEST_CASE("a cancelled command is killed with its children") {
    const TempFolder folder;
    drive(first_of(run_it(shell(endless(folder))), until_there(folder.path() / "parent")));
    CHECK(gone(folder.path() / "child"));
    CHECK(gone(folder.path() / "parent"));
}

TEST_CASE("a command that writes without end is killed") {
    const TempFolder folder;
    auto command = shell("echo $$ > " + (folder.path() / "pid").string() + "; exec yes secret");
    command.output_limit = 100'000;
    const auto error = error_of(std::move(command));
    CHECK(error.fault() == Fault::internal);
    CHECK(error.message() == "'sh' writes more than 100000 bytes");
    CHECK(gone(folder.path() / "pid"));
}

TEST_CASE("a program is found as a shell finds it, but never in a relative folder") {
    const TempFolder folder;
    const auto program = folder.path() / "hello-thv";
    spill(program, "#!/bin/sh\necho hello\n");
    Command command{.arguments = {"hello-thv"}, .environment = {"PATH=/nowhere::.:" + folder.path().string()}};
    CHECK(error_of(command).fault() == Fault::not_found);
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    CHECK(drive(run_command(command)).output == "hello\n");
    command.environment = {"PATH=:.:" + folder.path().filename().string()};
    CHECK(error_of(command).fault() == Fault::not_found);
    command.environment = {};
    CHECK(error_of(command).fault() == Fault::not_found);
}

TEST_CASE("a program that cannot be run is named with the reason") {
    const auto [program, fault] = GENERATE(table<std::string, Fault>({
        {"/no/such/program", Fault::not_found},
        {"/etc", Fault::denied},
        {"/etc/passwd", Fault::denied},
    }));
    const auto error = error_of({.arguments = {program, "secret"}, .environment = {}});
    CHECK(error.fault() == fault);
    CHECK_THAT(error.message(), ContainsSubstring("'" + program + "'"));
    CHECK(error.message().find("secret") == std::string::npos);
}

TEST_CASE("an interactive command has the terminal while it runs, and then we have it again") {
    int master = -1;
    int slave = -1;
    REQUIRE(::openpty(&master, &slave, nullptr, nullptr, nullptr) == 0);
    const Fd terminal{master};
    test::Child child{[slave] {
        ::setsid();
        if (::ioctl(slave, TIOCSCTTY, 0) != 0) throw std::runtime_error{"no terminal"};
        ::dup2(slave, 0);
        auto command = shell("read line; echo \"got $line\"");
        command.interactive = true;
        const auto result = drive(run_command(std::move(command)));
        return result.output + (::tcgetpgrp(0) == ::getpgrp() ? "ours again" : "not ours");
    }};
    ::close(slave);
    REQUIRE(::write(terminal.get(), "hello\n", 6) == 6);
    CHECK(child.answer() == "got hello\nours again");
}
