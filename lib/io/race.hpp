// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/task.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <exception>
#include <tuple>
#include <utility>

namespace thv {

/// Runs tasks side by side until the first of them ends, by returning or by throwing; the others are cancelled and
/// waited for. What the first one threw is thrown.
template <typename... Tasks>
Task<> first_of(Tasks... tasks) {
    const auto executor = co_await asio::this_coro::executor;
    auto group = asio::experimental::make_parallel_group(asio::co_spawn(executor, std::move(tasks), asio::deferred)...);
    const auto ended = co_await group.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    const auto failures =
        std::apply([](const auto&,
                      const auto&... failure) { return std::array<std::exception_ptr, sizeof...(Tasks)>{failure...}; },
                   ended);
    const auto& failure = failures[std::get<0>(ended)[0]];
    if (failure) std::rethrow_exception(failure);
}

/// Never returns; ends by cancellation.
Task<> forever();

} // namespace thv
