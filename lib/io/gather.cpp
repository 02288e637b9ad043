// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "io/gather.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <deque>

namespace thv {

namespace {

struct Batch {
    std::vector<Outcome> outcomes;
    std::size_t next = 0;
    std::function<Task<>(std::string)> work;
};

Task<> one(Batch& batch, Outcome& outcome) {
    try {
        co_await batch.work(outcome.name);
    } catch (const Error& error) {
        outcome.error = error;
    } catch (const boost::system::system_error& error) {
        if (error.code() == asio::error::operation_aborted) throw;
        outcome.error = Error{Fault::internal, error.what()};
    } catch (const std::exception& error) {
        outcome.error = Error{Fault::internal, error.what()};
    }
}

/// Takes names until none is left; `limit` of these run side by side.
Task<> worker(Batch& batch) {
    while (batch.next < batch.outcomes.size()) {
        auto& outcome = batch.outcomes[batch.next++];
        co_await one(batch, outcome);
    }
}

} // namespace

Task<std::vector<Outcome>> for_each(std::vector<std::string> names, std::size_t limit,
                                    std::function<Task<>(std::string)> work) {
    Batch batch{.outcomes = {}, .next = 0, .work = std::move(work)};
    for (auto& name : names)
        batch.outcomes.push_back({std::move(name), std::nullopt});
    if (batch.outcomes.empty()) co_return std::move(batch.outcomes);

    const auto executor = co_await asio::this_coro::executor;
    using Operation = decltype(asio::co_spawn(executor, worker(batch), asio::deferred));
    std::vector<Operation> workers;
    const auto count = std::min(limit, batch.outcomes.size());
    workers.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        workers.push_back(asio::co_spawn(executor, worker(batch), asio::deferred));
    auto group = asio::experimental::make_parallel_group(std::move(workers));
    auto [order, failures] = co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    for (const auto& failure : failures)
        if (failure) std::rethrow_exception(failure);
    co_return std::move(batch.outcomes);
}

} // namespace thv
