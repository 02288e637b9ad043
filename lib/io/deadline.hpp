// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "core/time.hpp"
#include "io/task.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <string>
#include <type_traits>

namespace thv {

Error deadline_passed(Duration limit, const std::string& doing);

/// The task's result, or Fault::timed_out with "… while `doing`" once `limit` has passed (the task is cancelled and
/// waited for). A failure of the task is thrown at once. T must be default-constructible.
template <typename T>
Task<T> with_deadline(Task<T> task, Duration limit, std::string doing) {
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer{executor, limit};
    auto group = asio::experimental::make_parallel_group(asio::co_spawn(executor, std::move(task), asio::deferred),
                                                         timer.async_wait(asio::deferred));
    if constexpr (std::is_void_v<T>) {
        auto [order, failure, expired] =
            co_await group.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
        if (order[0] == 1 && !expired) throw deadline_passed(limit, doing);
        if (failure) std::rethrow_exception(failure);
    } else {
        auto [order, failure, value, expired] =
            co_await group.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
        if (order[0] == 1 && !expired) throw deadline_passed(limit, doing);
        if (failure) std::rethrow_exception(failure);
        co_return std::move(value);
    }
}

Task<> sleep_for(Duration span);

} // namespace thv
