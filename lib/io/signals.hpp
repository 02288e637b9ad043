// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "io/task.hpp"

#include <functional>

namespace thv {

/// Runs a program's main task on one thread until it ends, and returns its exit code. The first SIGINT or SIGTERM
/// cancels the task (asio's cancellation, total), a second one ends the process at once with 128 + signal; SIGPIPE is
/// ignored so that a closed pipe is an error of the write. `failed` turns what the task threw into an exit code.
int run_until_signal(const std::function<Task<int>()>& main,
                     const std::function<int(std::exception_ptr, int signal)>& failed);

/// What a blocking call throws that a signal has ended (EINTR): handlers are there only for those that ask to end.
Error interrupted();

} // namespace thv
