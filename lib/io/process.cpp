// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "io/process.hpp"

#include "core/error.hpp"
#include "io/environment.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <link.h>
#include <sys/pidfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <span>
#include <sstream>

namespace thv {

namespace {

/// The time of boot, from which /proc counts the start of processes.
Time boot_time() {
    std::ifstream stat{"/proc/stat"};
    std::string line;
    while (std::getline(stat, line))
        if (line.starts_with("btime ")) return Time{std::chrono::seconds{std::stoll(line.substr(6))}};
    throw Error{Fault::internal, "/proc/stat does not tell the time of boot"};
}

struct Stat {
    char state = '?';
    long long start_ticks = 0;
};

std::optional<Stat> read_stat(int pid) {
    std::ifstream file{fmt::format("/proc/{}/stat", pid)};
    std::string text;
    if (!std::getline(file, text)) return std::nullopt;
    // The command's name, in parentheses, may itself hold spaces and parentheses: fields count from the last ')'.
    const auto end = text.rfind(')');
    if (end == std::string::npos) return std::nullopt;
    std::istringstream fields{text.substr(end + 1)};
    Stat stat;
    fields >> stat.state;
    std::string skipped;
    for (int i = 4; i < 22; ++i)
        fields >> skipped;
    fields >> stat.start_ticks;
    return stat;
}

} // namespace

std::vector<char*> argument_pointers(std::vector<std::string>& strings) {
    std::vector<char*> result;
    result.reserve(strings.size() + 1);
    for (auto& text : strings)
        result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

std::optional<ProcessInfo> process_info(int pid) {
    if (pid <= 0) return std::nullopt;
    const auto stat = read_stat(pid);
    if (!stat || stat->state == 'Z' || stat->state == 'X') return std::nullopt;
    ProcessInfo info;
    info.pid = pid;
    info.start_ticks = stat->start_ticks;
    const auto ticks_per_second = ::sysconf(_SC_CLK_TCK);
    info.started = boot_time() + std::chrono::milliseconds{stat->start_ticks * 1000 / ticks_per_second};
    std::ifstream file{fmt::format("/proc/{}/cmdline", pid), std::ios::binary};
    std::string argument;
    while (std::getline(file, argument, '\0'))
        info.arguments.push_back(argument);
    return info;
}

bool signal_process(const ProcessInfo& info, int signal) {
    const Fd pidfd{static_cast<int>(::syscall(SYS_pidfd_open, info.pid, 0))};
    if (!pidfd.open()) return false;
    const auto current = process_info(info.pid);
    if (!current || current->start_ticks != info.start_ticks || current->arguments != info.arguments) return false;
    return ::syscall(SYS_pidfd_send_signal, pidfd.get(), signal, nullptr, 0) == 0;
}

namespace {

/// Everything the child does between fork and exec: async-signal-safe calls only.
[[noreturn]] void become(const Spawn& spawn, int log, int null, int report, char* const* argv, char* const* envp) {
    auto fail = [&] {
        const int code = errno;
        [[maybe_unused]] const auto written = ::write(report, &code, sizeof code);
        ::_exit(127);
    };
    if (::setsid() < 0) fail();
    // A second fork leaves the child to init, so that nobody has to reap it.
    const auto grandchild = ::fork();
    if (grandchild < 0) fail();
    if (grandchild > 0) {
        const int pid = -grandchild;
        [[maybe_unused]] const auto written = ::write(report, &pid, sizeof pid);
        ::_exit(0);
    }
    if (::dup2(null, 0) < 0 || ::dup2(log, 1) < 0 || ::dup2(log, 2) < 0) fail();
    const auto keep = [&](int fd) {
        for (const int inherited : spawn.inherited)
            if (fd == inherited) return true;
        return fd == report;
    };
    const auto limit = static_cast<int>(::sysconf(_SC_OPEN_MAX) > 65536 ? 65536 : ::sysconf(_SC_OPEN_MAX));
    for (int fd = 3; fd < limit; ++fd) {
        const int flags = ::fcntl(fd, F_GETFD);
        if (flags < 0) continue;
        ::fcntl(fd, F_SETFD, keep(fd) && fd != report ? flags & ~FD_CLOEXEC : flags | FD_CLOEXEC);
    }
    ::execve(argv[0], argv, envp);
    fail();
    ::_exit(127);
}

std::string_view name_of(std::string_view entry) {
    return entry.substr(0, entry.find('='));
}

/// Whether "NAME=value" has the name of one of the others.
bool names_one_of(std::string_view entry, const std::vector<std::string>& others) {
    const auto name = entry.substr(0, entry.find('=') + 1);
    return std::ranges::any_of(others, [&](const std::string& other) { return other.starts_with(name); });
}

} // namespace

int spawn_detached(const Spawn& spawn) {
    make_folder(spawn.log.parent_path());
    const Fd log{::open(spawn.log.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600)};
    if (!log.open())
        throw Error{Fault::internal, fmt::format("cannot open '{}': {}", spawn.log.string(), std::strerror(errno))};
    const Fd null{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw Error{Fault::internal, "cannot make a pipe"};
    Fd reader{ends[0]};
    Fd writer{ends[1]};

    auto arguments = spawn.arguments;
    auto environment = spawn.environment;
    for (char** entry = environ; *entry != nullptr; ++entry)
        if (!names_one_of(*entry, spawn.environment) && !is_confidential(name_of(*entry)))
            environment.emplace_back(*entry);
    const auto argv = argument_pointers(arguments);
    const auto envp = argument_pointers(environment);

    const auto child = ::fork();
    if (child < 0) throw Error{Fault::internal, fmt::format("cannot start a process: {}", std::strerror(errno))};
    if (child == 0) become(spawn, log.get(), null.get(), writer.get(), argv.data(), envp.data());
    writer.close();
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }

    // The pipe first carries the (negated) PID, then an errno if the exec failed; its end tells that the exec worked.
    int pid = 0;
    int message = 0;
    while (::read(reader.get(), &message, sizeof message) == static_cast<ssize_t>(sizeof message)) {
        if (message >= 0)
            throw Error{Fault::internal,
                        fmt::format("cannot execute '{}': {}", spawn.arguments.front(), std::strerror(message))};
        pid = -message;
    }
    return pid;
}

bool may_load_libraries() {
    // The program itself comes first; it names its dynamic linker, unless it has none.
    const auto names_linker = [](dl_phdr_info* program, std::size_t /*size*/, void* /*nothing*/) {
        const std::span segments{program->dlpi_phdr, program->dlpi_phnum};
        return std::ranges::any_of(segments, [](const auto& segment) { return segment.p_type == PT_INTERP; }) ? 1 : -1;
    };
    return ::dl_iterate_phdr(names_linker, nullptr) == 1;
}

std::filesystem::path own_executable() {
    return std::filesystem::read_symlink("/proc/self/exe");
}

} // namespace thv
