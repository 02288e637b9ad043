// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "io/nursery.hpp"

#include "io/race.hpp"
#include "io/shield.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include <utility>

namespace thv {

struct Nursery::Child {
    asio::cancellation_signal cancel;
    bool ended = false;
};

Nursery::Nursery(asio::any_io_executor executor)
    : executor_(std::move(executor))
    , has_failed_(executor_)
    , all_ended_(executor_) {
    all_ended_.set();
}

void Nursery::start(Task<> task) {
    // Not as soon as one ends: its signal is in use until its handler has returned.
    std::erase_if(children_, [](const auto& child) { return child->ended; });
    const auto& child = children_.emplace_back(std::make_shared<Child>());
    ++running_;
    all_ended_.reset();
    const auto end = [this, child](std::exception_ptr failure) {
        child->ended = true;
        if (failure && !failure_) {
            failure_ = std::move(failure);
            has_failed_.set();
        }
        if (--running_ == 0) all_ended_.set();
    };
    asio::co_spawn(executor_, std::move(task), asio::bind_cancellation_slot(child->cancel.slot(), end));
}

void Nursery::cancel() {
    for (const auto& child : children_)
        if (!child->ended) child->cancel.emit(asio::cancellation_type::terminal);
}

Task<> Nursery::failed() {
    co_await has_failed_.wait();
    std::rethrow_exception(failure_);
}

Task<> Nursery::ended() {
    co_await all_ended_.wait();
}

Task<> with_nursery(std::function<Task<>(Nursery&)> main) {
    Nursery nursery{co_await asio::this_coro::executor};
    std::exception_ptr failure;
    try {
        co_await first_of(main(nursery), nursery.failed());
    } catch (...) {
        failure = std::current_exception();
    }
    nursery.cancel();
    // The tasks refer to what is here: they are waited for even when this one has been cancelled.
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await shielded(nursery.ended());
    co_await asio::this_coro::throw_if_cancelled(true);
    if (failure) std::rethrow_exception(failure);
}

} // namespace thv
