// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "children.hpp"

#include "say.hpp"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

namespace thv::init {

namespace {

// Large messages need fewer turns; beyond 64 MiB of pipes a user's further ones become small (pipe(7)), so not more.
constexpr int pipe_bytes = 256 * 1024;

void close_if_open(int& fd) {
    if (fd >= 0) close(fd);
    fd = -1;
}

bool make_pipe(int (&ends)[2]) {
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    fcntl(ends[1], F_SETPIPE_SZ, pipe_bytes); // as large as it may be
    // The supervisor opens it anew, to be the only one who decides whether reading it blocks; it is another user.
    fchmod(ends[1], 0666);
    return true;
}

} // namespace

Child* Children::free_place() {
    for (auto& child : *this)
        if (child.number == 0) return &child;
    errno = EMFILE;
    return nullptr;
}

Child* Children::prepare(uint32_t number) {
    auto* child = free_place();
    if (child == nullptr) return nullptr;
    int to_child[2];
    int from_child[2];
    if (!make_pipe(to_child)) return nullptr;
    if (!make_pipe(from_child)) {
        const int failure = errno;
        close(to_child[0]);
        close(to_child[1]);
        errno = failure;
        return nullptr;
    }
    *child = Child{};
    child->number = number;
    child->to_stdin = to_child[1];
    child->from_stdout = from_child[0];
    stdin_end_ = to_child[0];
    stdout_end_ = from_child[1];
    return child;
}

Child* Children::prepare_inherited(uint32_t number) {
    auto* child = free_place();
    if (child == nullptr) return nullptr;
    *child = Child{};
    child->number = number;
    return child;
}

bool Children::launch(Child& child) {
    child.pid = fork();
    if (child.pid == 0) become(stdin_end_, stdout_end_);
    const int failure = errno;
    close_if_open(stdin_end_);
    close_if_open(stdout_end_);
    if (child.pid > 0) return true;
    forget(child);
    errno = failure;
    return false;
}

/// The child's half of the fork.
void Children::become(int stdin_end, int stdout_end) {
    setsid(); // so that what it starts can be ended with it
    if (stdin_end >= 0 && (dup2(stdin_end, STDIN_FILENO) < 0 || dup2(stdout_end, STDOUT_FILENO) < 0)) {
        say("cannot connect the server", strerror(errno));
        _exit(125);
    }
    sigprocmask(SIG_SETMASK, &mask_, nullptr);
    execvp(arguments_[0], arguments_);
    const int failure = errno;
    say(arguments_[0], strerror(failure));
    _exit(failure == ENOENT || failure == ENOTDIR ? 127 : 126);
}

Child* Children::find(uint32_t number) {
    for (auto& child : *this)
        if (child.number == number) return &child;
    return nullptr;
}

Child* Children::find_pid(pid_t pid) {
    for (auto& child : *this)
        if (child.number != 0 && child.pid == pid) return &child;
    return nullptr;
}

void Children::forget(Child& child) {
    close_if_open(child.to_stdin);
    close_if_open(child.from_stdout);
    child = Child{};
}

void Children::end(Child& child) {
    close_if_open(child.to_stdin);
    if (child.next_signal != 0) return;
    child.next_signal = SIGTERM;
    child.next_signal_at = now_ms() + init_wire::term_after_ms;
}

int64_t Children::send_due_signals(int64_t now) {
    int64_t next = never;
    for (auto& child : *this) {
        if (child.number == 0) continue;
        if (child.next_signal_at <= now) {
            kill(-child.pid, child.next_signal);
            const bool last = child.next_signal == SIGKILL;
            child.next_signal = SIGKILL;
            child.next_signal_at = last ? never : now + init_wire::kill_after_ms;
        }
        if (child.next_signal_at < next) next = child.next_signal_at;
    }
    return next;
}

void Children::forward(int signal) {
    for (auto& child : *this)
        if (child.number != 0) kill(child.pid, signal);
}

void Children::kill_all() {
    for (auto& child : *this)
        if (child.number != 0) kill(-child.pid, SIGKILL);
}

int Children::count() const {
    int found = 0;
    for (const auto& child : children_)
        found += child.to_stdin >= 0 ? 1 : 0;
    return found;
}

} // namespace thv::init
