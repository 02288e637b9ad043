// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "relay/writer.hpp"

#include <algorithm>
#include <utility>

namespace thv::relay {

Writer::Writer(const asio::any_io_executor& executor, std::function<Task<bool>(std::string)> write, std::size_t most)
    : write_(std::move(write))
    , most_(most)
    , pending_(executor)
    , room_(executor)
    , idle_(executor) {
    idle_.set();
}

Task<> Writer::put(std::string_view json) {
    std::string line{json};
    // A line break inside of a string would not be valid there, so these stand between tokens.
    std::ranges::replace_if(line, [](char byte) { return byte == '\n' || byte == '\r'; }, ' ');
    line += '\n';
    while (!queue_.empty() && queue_.size() + line.size() > most_) {
        room_.reset();
        co_await room_.wait();
    }
    queue_ += line;
    idle_.reset();
    pending_.set();
}

Task<> Writer::run() {
    for (;;) {
        co_await pending_.wait();
        pending_.reset();
        auto bytes = std::exchange(queue_, {});
        room_.set();
        const bool read = co_await write_(std::move(bytes));
        if (!read) co_return;
        if (queue_.empty()) idle_.set();
    }
}

Task<> Writer::flushed() {
    co_await idle_.wait();
}

} // namespace thv::relay
