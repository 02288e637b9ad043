// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "init_bench.hpp"
#include "io/process.hpp"
#include "io/race.hpp"
#include "support/child.hpp"

#include <set>

using namespace thv;
using namespace std::chrono_literals;
using thv::test::InitBench;

namespace {

using Words = InitBench::Words;

Words shell(const std::string& script) {
    return {"/bin/sh", "-c", script};
}

/// The processes whose parent that is, with their states ('Z': a zombie).
std::vector<char> children_of(int parent) {
    std::vector<char> states;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc"}) {
        if (entry.path().filename().string().find_first_not_of("0123456789") != std::string::npos) continue;
        std::ifstream file{entry.path() / "stat"};
        std::string text;
        std::getline(file, text, '\0'); // of a process that has just gone nothing is read
        const auto name_end = text.rfind(')');
        if (name_end == std::string::npos) continue;
        std::istringstream rest{text.substr(name_end + 1)};
        char state = 0;
        int its_parent = 0;
        rest >> state >> its_parent;
        if (its_parent == parent) states.push_back(state);
    }
    return states;
}

Task<> write_and_read(Stdio& stdio, std::string sent, std::string& got) {
    const auto size = sent.size();
    const auto send = [](Stdio& to, std::string bytes) -> Task<> {
        co_await to.write(std::move(bytes));
        co_await forever();
    };
    const auto receive = [](Stdio& from, std::size_t wanted, std::string& into) -> Task<> {
        while (into.size() < wanted) {
            const auto chunk = co_await from.read();
            if (chunk.bytes.empty()) co_return;
            into += chunk.bytes;
        }
    };
    co_await first_of(send(stdio, std::move(sent)), receive(stdio, size, got));
}

} // namespace

TEST_CASE("a server is reached through pipes of its own, and its end is init's end with its code") {
    InitBench bench;
    bench.listen();
    bench.start(shell("read a; echo got $a; read b; exit $b"));
    const auto stdio = bench.first();
    bench(stdio->write("hello\n"));
    CHECK(bench.line(*stdio) == "got hello\n");
    bench(stdio->write("7\n"));
    CHECK(bench(stdio->read()).bytes.empty());
    CHECK(bench.ended() == 7);
    CHECK(bench.complaints().empty());
}

TEST_CASE("what a server writes last is delivered after its end") {
    InitBench bench;
    bench.listen();
    bench.start(shell("echo the last word; exit 0"));
    bench.handed_over();
    CHECK(bench.ended() == 0);
    const auto stdio = bench.first();
    CHECK(bench.line(*stdio) == "the last word\n");
    CHECK(bench(stdio->read()).bytes.empty());
}

TEST_CASE("exit codes are those that an engine would tell") {
    struct Case {
        Words command;
        int code;
        std::string complaint;
    };
    const auto row = GENERATE(values<Case>({{shell("exit 3"), 3, ""},
                                            {shell("kill -9 $$"), 137, ""},
                                            {shell("kill -15 $$"), 143, ""},
                                            {{"/no/such/program"}, 127, "thv-init: /no/such/program: No such file"},
                                            {{"no-such-program"}, 127, "thv-init: no-such-program: No such file"},
                                            {{"/etc/passwd"}, 126, "thv-init: /etc/passwd: Permission denied"},
                                            {{}, 125, "thv-init: usage"}}));
    InitBench bench;
    bench.listen();
    bench.start(row.command);
    if (row.code != 125) bench.handed_over();
    CHECK(bench.ended() == row.code);
    CHECK(bench.complaints().starts_with(row.complaint));
    CHECK(bench.complaints().empty() == row.complaint.empty());
}

TEST_CASE("signals go to the server, which may do with them what it likes") {
    const int signal = GENERATE(SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGRTMIN + 3);
    InitBench bench;
    bench.listen();
    bench.start(shell("trap 'echo caught; exit 5' TERM INT HUP USR1 37; echo ready; while :; do sleep 0.01; done"));
    const auto stdio = bench.first();
    std::string rest;
    REQUIRE(bench.line(*stdio, rest) == "ready\n");
    ::kill(bench.pid(), signal);
    CHECK(bench.line(*stdio, rest) == "caught\n");
    CHECK(bench.ended() == 5);
}

TEST_CASE("orphans of the server are collected") {
    InitBench bench;
    bench.listen();
    bench.start(shell("(sleep 0.05 &) ; (sleep 0.05 &) ; echo ready; read x"));
    const auto stdio = bench.first();
    REQUIRE(bench.line(*stdio) == "ready\n");
    const std::vector<char> alone{'S'}; // the server, and no zombies
    for (int round = 0; round < 400 && children_of(bench.pid()) != alone; ++round)
        bench(sleep_for(10ms));
    CHECK(children_of(bench.pid()) == alone);
    bench(stdio->write("\n"));
    CHECK(bench.ended() == 0);
}

TEST_CASE("without a supervisor the server has the container's own stdin and stdout, and stderr says so") {
    InitBench bench;
    bench.listen();
    SECTION("nobody listens") {
        bench.link.reset();
    }
    SECTION("there is no socket") {
        bench.link.reset();
        std::filesystem::remove(bench.lent() / "socket");
    }
    int in[2];
    int out[2];
    REQUIRE(::pipe2(in, O_CLOEXEC) == 0);
    REQUIRE(::pipe2(out, O_CLOEXEC) == 0);
    bench.start(shell("read x; echo its own $x; exit 4"), in[0], out[1]);
    REQUIRE(::write(in[1], "way\n", 4) == 4);
    CHECK(bench.ended() == 4);
    std::array<char, 64> buffer{};
    const auto got = ::read(out[0], buffer.data(), buffer.size());
    CHECK(std::string_view{buffer.data(), static_cast<std::size_t>(got)} == "its own way\n");
    CHECK(bench.complaints().starts_with("thv-init: the server has the container's own stdin and stdout"));
    for (const int fd : {in[0], in[1], out[0], out[1]})
        ::close(fd);
}

TEST_CASE("a server outlives its supervisor, and the next one goes on where lines begin") {
    InitBench bench;
    bench.listen();
    bench.start(shell("echo $$; while read x; do echo \"got $x\"; done"));
    std::string pid;
    {
        const auto stdio = bench.first();
        pid = bench.line(*stdio);
        bench(stdio->write("{\"half\":"));
    }
    bench.link.reset();
    bench.listen();
    const auto stdio = bench.first(false);
    bench(stdio->write("whole\n"));
    std::string rest;
    CHECK(bench.line(*stdio, rest) == "got {\"half\":\n");
    CHECK(bench.line(*stdio, rest) == "got whole\n");
    CHECK(process_info(std::stoi(pid)).has_value());
}

TEST_CASE("what a server writes while it has no supervisor is kept, from the next line on") {
    InitBench bench;
    bench.listen();
    bench.start(shell("printf 'one\\ntwo, be'; read x; printf 'gun\\nthree\\n'; read y"));
    {
        const auto stdio = bench.first();
        std::string got;
        while (got.size() < 11)
            got += bench(stdio->read()).bytes;
        CHECK(got == "one\ntwo, be");
        bench(stdio->write("\n"));
    }
    bench.link.reset();
    bench.listen();
    const auto stdio = bench.first(false);
    CHECK(bench.line(*stdio) == "three\n");
}

TEST_CASE("more processes of the server have streams of their own, and end when these are closed") {
    InitBench bench;
    bench.listen();
    bench.start(shell("echo $$; while read x; do echo \"$$ $x\"; done"));
    const auto first = bench.first();
    const auto first_pid = bench.line(*first);
    auto second = bench.another();
    auto third = bench.another();
    const auto second_pid = bench.line(*second);
    const auto third_pid = bench.line(*third);
    CHECK(std::set{first_pid, second_pid, third_pid}.size() == 3);
    bench(third->write("x\n"));
    bench(second->write("y\n"));
    CHECK(bench.line(*second) == second_pid.substr(0, second_pid.size() - 1) + " y\n");
    CHECK(bench.line(*third) == third_pid.substr(0, third_pid.size() - 1) + " x\n");
    second.reset();
    for (int round = 0; round < 400 && process_info(std::stoi(second_pid)); ++round)
        bench(sleep_for(10ms));
    CHECK_FALSE(process_info(std::stoi(second_pid)));
    // The others go on.
    bench(third->write("z\n"));
    CHECK(bench.line(*third).ends_with("z\n"));
    bench(first->write("z\n"));
    CHECK(bench.line(*first).ends_with("z\n"));
}

TEST_CASE("the end of another process is told, though what it started lives on") {
    InitBench bench;
    bench.listen();
    bench.start(shell("sleep 60 & echo $!; read x; kill $!"));
    const auto first = bench.first();
    bench.line(*first);
    const auto second = bench.another();
    std::string rest;
    const auto sleeper = std::stoi(bench.line(*second, rest));
    // Its shell is killed; the sleeping one holds its stdout open.
    const auto shells = children_of(bench.pid());
    CHECK(shells.size() == 2);
    std::ifstream stat{"/proc/" + std::to_string(sleeper) + "/stat"};
    std::string word;
    for (int field = 0; field < 4; ++field)
        stat >> word;
    ::kill(std::stoi(word), SIGKILL);
    CHECK(bench(second->read()).bytes.empty());
    ::kill(sleeper, SIGKILL);
}

TEST_CASE("a process that ignores the end of its stdin and SIGTERM is killed") {
    InitBench bench;
    bench.listen();
    bench.start(shell("trap '' TERM; echo $$; while :; do sleep 0.1; done"));
    const auto first = bench.first();
    bench.line(*first);
    auto second = bench.another();
    const auto pid = std::stoi(bench.line(*second));
    second.reset();
    const auto began = std::chrono::steady_clock::now();
    for (int round = 0; round < 2000 && process_info(pid); ++round)
        bench(sleep_for(10ms));
    CHECK_FALSE(process_info(pid));
    CHECK(std::chrono::steady_clock::now() - began > 4s);
}

TEST_CASE("a container carries so many processes and no more") {
    InitBench bench;
    bench.listen();
    bench.start({"/bin/cat"});
    const auto first = bench.first();
    std::vector<std::unique_ptr<Stdio>> others;
    for (std::uint32_t number = 1; number < init_wire::max_children; ++number)
        others.push_back(bench.another());
    try {
        bench.another();
        FAIL("there is one more");
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::conflict);
    }
    bench(others.back()->write("still\n"));
    CHECK(bench.line(*others.back()) == "still\n");
}

TEST_CASE("the processes of a dead supervisor's clients are ended by the next one, the first is not") {
    InitBench bench;
    test::Child killed{[&bench] {
        bench.listen();
        bench.start(shell("echo $$; read x; echo still here; read x"));
        const auto first = bench.first().release();
        const auto second = bench.another().release();
        return bench.line(*first) + bench.line(*second) + std::to_string(bench.pid());
    }};
    std::istringstream told{killed.answer()};
    int first_pid = 0;
    int second_pid = 0;
    int init = 0;
    told >> first_pid >> second_pid >> init;
    REQUIRE(process_info(second_pid));
    bench.listen();
    const auto first = bench.first(false);
    for (int round = 0; round < 1000 && process_info(second_pid); ++round)
        bench(sleep_for(10ms));
    CHECK_FALSE(process_info(second_pid));
    CHECK(process_info(first_pid));
    bench(first->write("\n"));
    CHECK(bench.line(*first) == "still here\n");
    ::kill(init, SIGKILL);
}

TEST_CASE("a line of 64 MiB passes in both directions") {
    InitBench bench;
    bench.listen();
    bench.start({"/bin/cat"});
    const auto stdio = bench.first();
    std::string sent(64U << 20U, 'x');
    sent.back() = '\n';
    std::string got;
    bench(write_and_read(*stdio, sent, got), 60s);
    CHECK(got.size() == sent.size());
    CHECK(got == sent);
}
