// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "io/command.hpp"

#include "core/error.hpp"
#include "io/deadline.hpp"
#include "io/files.hpp"
#include "io/process.hpp"
#include "io/race.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <string_view>

namespace thv {

namespace {

using boost::system::error_code;
using Descriptor = asio::posix::stream_descriptor;

std::string find_program(const Command& command) {
    const auto& name = command.arguments.front();
    if (name.find('/') != std::string::npos) return name;
    std::string_view path;
    for (const std::string_view entry : command.environment)
        if (entry.starts_with("PATH=")) path = entry.substr(5);
    while (!path.empty()) {
        const auto end = std::min(path.find(':'), path.size());
        // A relative folder would make the program depend on where we happen to be.
        const auto candidate = fmt::format("{}/{}", path.substr(0, end), name);
        if (candidate.starts_with('/') && ::access(candidate.c_str(), X_OK) == 0) return candidate;
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    throw Error{Fault::not_found, fmt::format("there is no program '{}' in PATH", name)};
}

/// What is told to posix_spawn.
class Plan {
public:
    Plan(int input, int output, int terminal) {
        posix_spawn_file_actions_init(&actions_);
        posix_spawnattr_init(&attributes_);
        posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
        sigset_t set;
        sigemptyset(&set);
        posix_spawnattr_setsigmask(&attributes_, &set);
        sigaddset(&set, SIGPIPE); // which we ignore, and a program expects not to be ignored
        posix_spawnattr_setsigdefault(&attributes_, &set);
        if (terminal >= 0) posix_spawn_file_actions_addtcsetpgrp_np(&actions_, terminal);
        if (input >= 0) posix_spawn_file_actions_adddup2(&actions_, input, 0);
        posix_spawn_file_actions_adddup2(&actions_, output, 1);
        posix_spawn_file_actions_addclosefrom_np(&actions_, 3);
    }
    Plan(const Plan&) = delete;
    Plan& operator=(const Plan&) = delete;
    ~Plan() {
        posix_spawn_file_actions_destroy(&actions_);
        posix_spawnattr_destroy(&attributes_);
    }
    const posix_spawn_file_actions_t* actions() const { return &actions_; }
    const posix_spawnattr_t* attributes() const { return &attributes_; }

private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

/// A child process, which does not outlive this object. Takes the terminal back from it.
class Child {
public:
    Child(Command& command, int output) {
        const auto program = find_program(command);
        const Fd null{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
        if (command.interactive && ::tcgetpgrp(0) == ::getpgrp()) terminal_ = 0;
        const Plan plan{command.interactive ? -1 : null.get(), output, terminal_};
        const auto argv = argument_pointers(command.arguments);
        const auto envp = argument_pointers(command.environment);
        const int failure =
            ::posix_spawn(&pid_, program.c_str(), plan.actions(), plan.attributes(), argv.data(), envp.data());
        if (failure == 0) return;
        pid_ = -1;
        take_terminal_back();
        const auto fault = failure == ENOENT ? Fault::not_found : failure == EACCES ? Fault::denied : Fault::internal;
        throw Error{fault, fmt::format("cannot run '{}': {}", program, std::strerror(failure))};
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (pid_ > 0) {
            ::kill(-pid_, SIGKILL);
            static_cast<void>(reap());
        }
        take_terminal_back();
    }

    /// Readable once the child has ended.
    Fd ended() const {
        Fd pidfd{static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0))};
        if (!pidfd.open())
            throw Error{Fault::internal, fmt::format("cannot watch a process: {}", std::strerror(errno))};
        return pidfd;
    }

    int reap() {
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        pid_ = -1;
        return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }

private:
    void take_terminal_back() {
        if (terminal_ < 0) return;
        // From the background, which we are until this succeeds, it would stop us.
        sigset_t stop;
        sigset_t before;
        sigemptyset(&stop);
        sigaddset(&stop, SIGTTOU);
        ::pthread_sigmask(SIG_BLOCK, &stop, &before);
        ::tcsetpgrp(terminal_, ::getpgrp());
        ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }

    pid_t pid_ = -1;
    int terminal_ = -1; ///< the descriptor of the terminal that was lent to it
};

/// The stdout of a child.
class Output {
public:
    Output(const asio::any_io_executor& executor, Fd pipe, std::size_t limit, std::string name)
        : pipe_(executor, pipe.release())
        , limit_(limit)
        , name_(std::move(name)) {}

    /// Reads; returns never, for the end of the output is not the end of the program.
    Task<> read() {
        for (;;) {
            const auto [failure, got] =
                co_await pipe_.async_read_some(asio::buffer(chunk_), asio::as_tuple(asio::use_awaitable));
            if (failure == asio::error::operation_aborted) throw boost::system::system_error{failure};
            if (failure) break;
            take(got);
        }
        co_await forever();
    }
    /// What is left in the pipe, which somebody in the background may hold open.
    std::string rest() {
        pipe_.non_blocking(true);
        error_code failure;
        while (const auto got = pipe_.read_some(asio::buffer(chunk_), failure))
            take(got);
        return std::move(text_);
    }

private:
    void take(std::size_t got) {
        text_.append(chunk_.data(), got);
        if (text_.size() > limit_)
            throw Error{Fault::internal, fmt::format("'{}' writes more than {} bytes", name_, limit_)};
    }

    Descriptor pipe_;
    std::size_t limit_;
    std::string name_;
    std::string text_;
    std::array<char, 16384> chunk_{};
};

Task<> readable(Descriptor& descriptor) {
    co_await descriptor.async_wait(Descriptor::wait_read, asio::use_awaitable);
}

Task<CommandResult> run(Command command) {
    const auto executor = co_await asio::this_coro::executor;
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw Error{Fault::internal, "cannot make a pipe"};
    Fd reader{ends[0]};
    Fd writer{ends[1]};
    Child child{command, writer.get()};
    writer.close();
    Output output{executor, std::move(reader), command.output_limit, command.arguments.front()};
    Descriptor end{executor, child.ended().release()};
    co_await first_of(output.read(), readable(end));
    CommandResult result{.exit_code = 0, .output = output.rest()};
    result.exit_code = child.reap();
    co_return result;
}

} // namespace

Task<CommandResult> run_command(Command command) {
    const auto limit = command.deadline;
    auto doing = fmt::format("running '{}'", command.arguments.front());
    return with_deadline(run(std::move(command)), limit, std::move(doing));
}

} // namespace thv
