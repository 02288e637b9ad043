// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/task.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

namespace thv {

/// A flag that tasks of one thread wait for.
class Event {
public:
    explicit Event(const asio::any_io_executor& executor)
        : timer_(executor, asio::steady_timer::time_point::max()) {}

    bool is_set() const { return set_; }
    /// Wakes every task that waits.
    void set() {
        set_ = true;
        timer_.cancel();
    }
    void reset() { set_ = false; }
    /// Returns when the flag is set; at once when it is already. Throws when the task is cancelled.
    Task<> wait();

private:
    asio::steady_timer timer_;
    bool set_ = false;
};

} // namespace thv
