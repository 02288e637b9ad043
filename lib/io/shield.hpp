// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/task.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace thv {

/// Carries a task through to its end even when the caller is cancelled meanwhile; the caller learns of that at its next
/// wait. (Changing the caller's own cancellation state instead would change it for everything that awaits the caller.)
template <typename T>
Task<T> shielded(Task<T> task) {
    const auto executor = co_await asio::this_coro::executor;
    co_return co_await asio::co_spawn(executor, std::move(task),
                                      asio::bind_cancellation_slot(asio::cancellation_slot{}, asio::use_awaitable));
}

} // namespace thv
