// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "clock.hpp"
#include "engine/init_wire.hpp"

#include <signal.h>
#include <sys/types.h>

namespace thv::init {

/// One process of the server, with the ends of its pipes that keep them open while no supervisor does.
struct Child {
    uint32_t number = 0; ///< 0: a free place
    pid_t pid = 0;
    int to_stdin = -1;    ///< -1 when it has the container's own
    int from_stdout = -1; ///< likewise
    int64_t next_signal_at = never;
    int next_signal = 0;
};

/// The processes of the server: a fixed number of places.
class Children {
public:
    /// `arguments` is the server's command, ended by a null; `mask` the signal mask that it gets.
    Children(char** arguments, const sigset_t& mask)
        : arguments_(arguments)
        , mask_(mask) {}

    /// Makes the pipes of a process that is started by `launch`. Null, with errno, when that cannot be.
    Child* prepare(uint32_t number);
    /// The same without pipes: it gets this process's own stdin and stdout.
    Child* prepare_inherited(uint32_t number);
    /// False, with errno, when it cannot be forked; its place is free then. A command that cannot be executed is a
    /// process that ends with 127 or 126, after a line on stderr.
    bool launch(Child& child);

    Child* find(uint32_t number);
    Child* find_pid(pid_t pid);
    /// Frees the place of a process that has ended.
    void forget(Child& child);
    /// Ends its stdin; signals follow when they are due.
    void end(Child& child);
    /// Sends the signals that are due and returns when the next one is.
    int64_t send_due_signals(int64_t now);
    void forward(int signal);
    void kill_all();
    /// How many there are that a supervisor can be given.
    int count() const;

    Child* begin() { return children_; }
    Child* end() { return children_ + init_wire::max_children; }

private:
    [[noreturn]] void become(int stdin_end, int stdout_end);
    Child* free_place();

    char** arguments_;
    sigset_t mask_;
    int stdin_end_ = -1; ///< the server's ends of the pipes of the process that is launched next
    int stdout_end_ = -1;
    Child children_[init_wire::max_children];
};

} // namespace thv::init
