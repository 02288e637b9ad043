// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// thv-init COMMAND [ARGUMENT…] is the first process of the container of a server that speaks on stdin and stdout. It
// starts the server with pipes whose other ends it hands to the supervisor, and keeps them open for the next supervisor
// when that one dies. It carries no bytes itself. Without a supervisor the server gets the container's own stdin and
// stdout. It also does what a first process must: it collects the dead, passes signals on, and ends as the server ends.
#include "children.hpp"
#include "link.hpp"
#include "say.hpp"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace thv::init;
using namespace thv::init_wire;

namespace {

// A supervisor that accepts connections answers them at once, unless the machine is very busy.
constexpr int answer_patience_ms = 10'000;
constexpr int own_failure = 125;

class Init {
public:
    Init(char** arguments, const sigset_t& mask)
        : link_(arguments[0])
        , children_(arguments + 1, mask) {}

    int run(int signals);

private:
    bool start_first();
    bool start_connected();
    bool start_alone(const char* why);
    void introduce();
    void serve(const Packet& packet);
    void spawn(uint32_t number);
    void reap();
    void take_signals(int signals);
    void turn(int signals);

    Link link_;
    Children children_;
    bool direct_ = false;
    bool over_ = false;
    int code_ = 0;
};

int exit_code(int status) {
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/// Tells a supervisor everything that one may have to learn.
void Init::introduce() {
    link_.send({Kind::hello, version, children_.count()});
    for (auto& child : children_) {
        if (child.number == 0) continue;
        const int fds[2] = {child.to_stdin, child.from_stdout};
        // A process whose stdin was ended is only waited for.
        if (child.to_stdin >= 0) link_.send({Kind::child, child.number, 0}, fds);
    }
}

bool Init::start_connected() {
    auto* child = children_.prepare(first_child);
    if (child == nullptr) {
        say("cannot make pipes", strerror(errno));
        return false;
    }
    // Before the fork, so that the supervisor knows of the process before it hears of anything that it does.
    const int fds[2] = {child->to_stdin, child->from_stdout};
    link_.send({Kind::child, first_child, 0}, fds);
    direct_ = true;
    if (children_.launch(*child)) return true;
    say("cannot start the server", strerror(errno));
    return false;
}

bool Init::start_alone(const char* why) {
    link_.close();
    say("the server has the container's own stdin and stdout, for there is no supervisor here", why);
    auto* child = children_.prepare_inherited(first_child);
    if (child != nullptr && children_.launch(*child)) return true;
    say("cannot start the server", strerror(errno));
    return false;
}

bool Init::start_first() {
    if (const int failure = link_.connect(); failure != 0) return start_alone(strerror(failure));
    introduce();
    Packet packet{};
    if (link_.wait(answer_patience_ms) && link_.receive(packet) && packet.kind == Kind::begin) return start_connected();
    return start_alone("it does not answer");
}

void Init::spawn(uint32_t number) {
    int failure = EEXIST;
    if (number != 0 && children_.find(number) == nullptr) {
        auto* child = children_.prepare(number);
        if (child != nullptr) {
            const int fds[2] = {child->to_stdin, child->from_stdout};
            link_.send({Kind::child, number, 0}, fds);
            if (children_.launch(*child)) return;
        }
        failure = errno;
    }
    link_.send({Kind::failed, number, failure});
}

void Init::serve(const Packet& packet) {
    if (packet.kind == Kind::spawn) return spawn(packet.number);
    if (packet.kind != Kind::end) return;
    auto* child = packet.number == 0 ? nullptr : children_.find(packet.number);
    if (child != nullptr) children_.end(*child);
}

void Init::reap() {
    int status = 0;
    for (pid_t pid = waitpid(-1, &status, WNOHANG); pid > 0; pid = waitpid(-1, &status, WNOHANG)) {
        auto* child = children_.find_pid(pid);
        if (child == nullptr) continue; // an orphan of the server
        if (child->number == first_child) {
            over_ = true;
            code_ = exit_code(status);
        }
        link_.send({Kind::ended, child->number, status});
        children_.forget(*child);
    }
}

void Init::take_signals(int signals) {
    signalfd_siginfo signal{};
    while (read(signals, &signal, sizeof signal) == sizeof signal)
        if (signal.ssi_signo != SIGCHLD) children_.forward(static_cast<int>(signal.ssi_signo));
    reap();
}

int poll_limit(int64_t now, int64_t until) {
    if (until == never) return -1;
    const int64_t left = until - now;
    if (left <= 0) return 0;
    return left < 60'000 ? static_cast<int>(left) : 60'000;
}

void Init::turn(int signals) {
    const int64_t now = now_ms();
    int64_t next = children_.send_due_signals(now);
    if (direct_ && !link_.open() && link_.reconnect(now)) introduce();
    if (direct_ && link_.next_attempt() < next) next = link_.next_attempt();
    pollfd waiting[2] = {{signals, POLLIN, 0}, {link_.fd(), POLLIN, 0}}; // poll passes over -1
    if (poll(waiting, 2, poll_limit(now, next)) <= 0) return;
    if (waiting[0].revents != 0) take_signals(signals);
    if (waiting[1].revents == 0) return;
    Packet packet{};
    while (link_.receive(packet))
        serve(packet);
}

int Init::run(int signals) {
    if (!start_first()) return own_failure;
    while (!over_)
        turn(signals);
    children_.kill_all(); // where this is not the first process of a container, nobody else does
    return code_;
}

} // namespace

int main(int count, char** arguments) {
    if (count < 2) {
        say("usage", "thv-init COMMAND [ARGUMENT...]");
        return own_failure;
    }
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    const int signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals < 0) {
        say("cannot receive signals", strerror(errno));
        return own_failure;
    }
    // Only the first process of a container inherits orphans without asking for them.
    if (getpid() != 1) prctl(PR_SET_CHILD_SUBREAPER, 1);
    static Init init{arguments, before};
    return init.run(signals);
}
