// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/event.hpp"
#include "io/task.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace thv::relay {

/// Lines on their way to the client. Many that come at once leave in one write.
class Writer {
public:
    Writer(const asio::any_io_executor& executor, std::function<Task<bool>(std::string)> write, std::size_t most);

    /// Queues one valid JSON text as a line. Returns when less than the limit waits before it.
    Task<> put(std::string_view json);
    /// Writes until nobody reads any more.
    Task<> run();
    /// Returns when everything has been written.
    Task<> flushed();

private:
    std::function<Task<bool>(std::string)> write_;
    std::size_t most_;
    std::string queue_;
    Event pending_;
    Event room_;
    Event idle_;
};

} // namespace thv::relay
