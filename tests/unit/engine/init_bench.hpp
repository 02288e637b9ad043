// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "engine/pipe_stdio.hpp"
#include "io/deadline.hpp"
#include "support/catch.hpp"
#include "support/drive.hpp"
#include "support/temp_folder.hpp"

#include <boost/asio/io_context.hpp>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

namespace thv::test {

/// thv-init with a command, outside of any container, in a folder as a container would see it.
class InitBench {
public:
    using Words = std::vector<std::string>;

    ~InitBench() {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
        }
    }

    std::filesystem::path lent() const { return folder_.path() / "init"; }
    std::filesystem::path marks() const { return folder_.path() / "lines"; }

    /// This process becomes the supervisor (again).
    void listen() { link = engine::InitLink::listen(context.get_executor(), lent(), THV_INIT); }

    /// `in` and `out` become init's own stdin and stdout; stderr goes to a file.
    void start(const Words& command, int in = -1, int out = -1) {
        auto words = command;
        words.insert(words.begin(), (lent() / "thv-init").string());
        std::vector<char*> arguments;
        for (auto& word : words)
            arguments.push_back(word.data());
        arguments.push_back(nullptr);
        pid_ = ::fork();
        REQUIRE(pid_ >= 0);
        if (pid_ > 0) return;
        const int nothing = ::open("/dev/null", O_RDWR);
        const int log = ::open((folder_.path() / "stderr").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        ::dup2(in < 0 ? nothing : in, STDIN_FILENO);
        ::dup2(out < 0 ? nothing : out, STDOUT_FILENO);
        ::dup2(log, STDERR_FILENO);
        ::close_range(3, ~0U, 0);
        ::execv(arguments[0], arguments.data());
        ::_exit(99);
    }

    template <typename T>
    T operator()(Task<T> task, Duration limit = std::chrono::seconds{20}) {
        return drive_past(context, with_deadline(std::move(task), limit, "the test"));
    }

    void handed_over() { (*this)(wait(link->decided())); }
    std::unique_ptr<engine::PipeStdio> first(bool fresh = true) {
        handed_over();
        REQUIRE(link->first()->given);
        return std::make_unique<engine::PipeStdio>(context.get_executor(), link, link->first(),
                                                   engine::LineMarks::open(marks(), fresh));
    }
    std::unique_ptr<engine::PipeStdio> another() {
        const auto process = (*this)(link->spawn());
        return std::make_unique<engine::PipeStdio>(context.get_executor(), link, process, nullptr);
    }

    /// A whole line of what the process writes, its end included; what comes with it is kept.
    std::string line(Stdio& stdio, std::string& rest) {
        while (rest.find('\n') == std::string::npos) {
            auto chunk = (*this)(stdio.read());
            if (chunk.bytes.empty()) return std::exchange(rest, {});
            rest += chunk.bytes;
        }
        auto found = rest.substr(0, rest.find('\n') + 1);
        rest.erase(0, found.size());
        return found;
    }
    std::string line(Stdio& stdio) {
        std::string rest;
        return line(stdio, rest);
    }

    /// Init's exit code, 128 + n when a signal ended it.
    int ended() {
        for (const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{20};;) {
            int status = 0;
            if (::waitpid(pid_, &status, WNOHANG) == pid_) {
                pid_ = -1;
                return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
            }
            if (std::chrono::steady_clock::now() > until) FAIL("thv-init has not ended");
            (*this)(sleep_for(std::chrono::milliseconds{5}));
        }
    }
    std::string complaints() const { return slurp(folder_.path() / "stderr"); }
    int pid() const { return pid_; }

    static Task<> wait(Event& event) { co_await event.wait(); }

    asio::io_context context{1};
    std::shared_ptr<engine::InitLink> link;

private:
    TempFolder folder_;
    int pid_ = -1;
};

} // namespace thv::test
