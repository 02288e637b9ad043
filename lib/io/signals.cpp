// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "io/signals.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <cstdlib>

namespace thv {

namespace {

struct Interruption {
    asio::cancellation_signal cancel;
    int signal = 0;
};

void wait_for_signal(asio::signal_set& signals, Interruption& interruption) {
    signals.async_wait([&](boost::system::error_code error, int number) {
        if (error) return;
        if (interruption.signal != 0) std::_Exit(128 + number);
        interruption.signal = number;
        interruption.cancel.emit(asio::cancellation_type::all);
        wait_for_signal(signals, interruption);
    });
}

} // namespace

Error interrupted() {
    return Error{Fault::interrupted, "interrupted"};
}

int run_until_signal(const std::function<Task<int>()>& main,
                     const std::function<int(std::exception_ptr, int)>& failed) {
    std::signal(SIGPIPE, SIG_IGN);
    asio::io_context context{1};
    Interruption interruption;
    asio::signal_set signals{context, SIGINT, SIGTERM};
    wait_for_signal(signals, interruption);

    std::exception_ptr failure;
    int code = EXIT_FAILURE;
    bool ended = false;
    asio::co_spawn(
        context, main(),
        asio::bind_cancellation_slot(interruption.cancel.slot(), [&](const std::exception_ptr& thrown, int result) {
            failure = thrown;
            code = result;
            ended = true;
        }));
    while (!ended && context.run_one() != 0) {
    }
    context.poll(); // which signal it was that has ended a call that does not know of this loop
    if (failure) code = failed(failure, interruption.signal);
    signals.cancel();
    context.run();
    return code;
}

} // namespace thv
