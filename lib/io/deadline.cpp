// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "io/deadline.hpp"

#include <fmt/format.h>

namespace thv {

Error deadline_passed(Duration limit, const std::string& doing) {
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(limit).count();
    const auto span =
        milliseconds % 1000 == 0 ? fmt::format("{} s", milliseconds / 1000) : fmt::format("{} ms", milliseconds);
    return Error{Fault::timed_out, fmt::format("timed out after {} while {}", span, doing)};
}

Task<> sleep_for(Duration span) {
    asio::steady_timer timer{co_await asio::this_coro::executor, span};
    co_await timer.async_wait(asio::use_awaitable);
}

} // namespace thv
