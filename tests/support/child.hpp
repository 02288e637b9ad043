// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "io/files.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

namespace thv::test {

/// A process forked from the test that does one thing and answers with a text.
class Child {
public:
    /// The child answers with what `work` returns, or with "thrown: MESSAGE".
    template <typename Work>
    explicit Child(Work work) {
        std::array<int, 2> pipe{};
        if (::pipe(pipe.data()) != 0) throw std::system_error{errno, std::generic_category(), "pipe"};
        pid_ = ::fork();
        if (pid_ < 0) throw std::system_error{errno, std::generic_category(), "fork"};
        if (pid_ == 0) answer(Fd{pipe[1]}, work);
        ::close(pipe[1]);
        out_ = Fd{pipe[0]};
    }
    Child(Child&&) = default;
    Child(const Child&) = delete;
    ~Child() {
        if (out_.open()) static_cast<void>(answer());
    }

    /// Waits for the child's end; "died" when it gave no answer.
    std::string answer() {
        std::string text;
        std::array<char, 4096> chunk{};
        while (true) {
            const auto got = ::read(out_.get(), chunk.data(), chunk.size());
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) break;
            text.append(chunk.data(), static_cast<std::size_t>(got));
        }
        out_.close();
        int status = 0;
        ::waitpid(pid_, &status, 0);
        return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? text : "died";
    }

private:
    template <typename Work>
    [[noreturn]] static void answer(Fd out, Work& work) {
        std::string text;
        try {
            text = work();
        } catch (const std::exception& error) {
            text = fmt::format("thrown: {}", error.what());
        }
        const bool written = ::write(out.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
        // Without _exit the child would run the rest of the tests.
        ::_exit(written ? 0 : 1);
    }

    pid_t pid_ = -1;
    Fd out_;
};

/// For a child: gives the process mounts of its own, so that what it mounts is gone with it. Needs root or user
/// namespaces.
inline void enter_own_mounts() {
    const int flags = ::geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER;
    if (::unshare(flags) != 0) throw std::system_error{errno, std::generic_category(), "unshare"};
    if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
        throw std::system_error{errno, std::generic_category(), "making mounts private"};
    }
}

/// For a child with mounts of its own: an empty file system in memory of that many bytes.
inline void mount_tmpfs(const std::filesystem::path& folder, std::string options, unsigned long flags = 0) {
    if (::mount("tmpfs", folder.c_str(), "tmpfs", flags, options.c_str()) != 0) {
        throw std::system_error{errno, std::generic_category(), "mounting a tmpfs"};
    }
}

/// For a child: gives up root, whom permissions do not stop.
inline void become_nobody() {
    constexpr unsigned nobody = 65534;
    if (::geteuid() != 0) return;
    if (::setgid(nobody) != 0 || ::setuid(nobody) != 0)
        throw std::system_error{errno, std::generic_category(), "setuid"};
}

} // namespace thv::test
