// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/event.hpp"
#include "io/task.hpp"

#include <exception>
#include <functional>
#include <list>
#include <memory>

namespace thv {

/// Where a task starts others that run beside it and do not outlive it. See with_nursery.
class Nursery {
public:
    /// The task begins at the next opportunity.
    void start(Task<> task);

private:
    struct Child;
    friend Task<> with_nursery(std::function<Task<>(Nursery&)> main);

    explicit Nursery(asio::any_io_executor executor);
    Task<> failed();
    Task<> ended();
    void cancel();

    asio::any_io_executor executor_;
    std::list<std::shared_ptr<Child>> children_;
    std::size_t running_ = 0;
    std::exception_ptr failure_;
    Event has_failed_;
    Event all_ended_;
};

/// Runs `main`, which may start tasks in the nursery. When it ends, by returning, throwing or cancellation, the tasks
/// that still run are cancelled and waited for. When one of them throws, `main` is cancelled and that is thrown.
Task<> with_nursery(std::function<Task<>(Nursery&)> main);

} // namespace thv
