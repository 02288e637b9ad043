// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/task.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <type_traits>

namespace thv::test {

/// Runs a task to its end on `context` and returns its result or throws what it threw.
template <typename T>
T drive(asio::io_context& context, Task<T> task) {
    std::exception_ptr failure;
    context.restart();
    if constexpr (std::is_void_v<T>) {
        asio::co_spawn(context, std::move(task), [&failure](std::exception_ptr thrown) { failure = thrown; });
        context.run();
        if (failure) std::rethrow_exception(failure);
    } else {
        std::optional<T> result;
        asio::co_spawn(context, std::move(task), [&failure, &result](std::exception_ptr thrown, T value) {
            failure = thrown;
            if (!thrown) result.emplace(std::move(value));
        });
        context.run();
        if (failure) std::rethrow_exception(failure);
        return std::move(*result);
    }
}

/// The same where something else goes on waiting in the context, such as a listener: returns as soon as the task has
/// ended.
template <typename T>
T drive_past(asio::io_context& context, Task<T> task) {
    std::exception_ptr failure;
    bool ended = false;
    std::conditional_t<std::is_void_v<T>, std::optional<int>, std::optional<T>> result;
    context.restart();
    if constexpr (std::is_void_v<T>)
        asio::co_spawn(context, std::move(task), [&](std::exception_ptr thrown) {
            failure = thrown;
            ended = true;
        });
    else
        asio::co_spawn(context, std::move(task), [&](std::exception_ptr thrown, T value) {
            failure = thrown;
            ended = true;
            if (!thrown) result.emplace(std::move(value));
        });
    while (!ended && context.run_one() > 0) {
    }
    if (failure) std::rethrow_exception(failure);
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// The same on a context of its own, for tasks that keep nothing on it.
template <typename T>
T drive(Task<T> task) {
    asio::io_context context{1};
    return drive(context, std::move(task));
}

/// Runs `work` at a place and closes the place then, also when `work` throws, so that its context comes to its end.
template <typename Place>
Task<> and_close(Place& place, Task<> (*work)(Place&)) {
    std::exception_ptr failure;
    try {
        co_await work(place);
    } catch (...) {
        failure = std::current_exception();
    }
    place.close();
    if (failure) std::rethrow_exception(failure);
}

} // namespace thv::test
