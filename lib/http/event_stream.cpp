// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "http/event_stream.hpp"

#include "core/text.hpp"

#include <utility>

namespace thv::http {

bool is_event_stream(const Response& head) {
    const auto* const type = head.header("content-type");
    return type != nullptr && lower(*type).starts_with("text/event-stream");
}

Task<Event> EventStream::next() {
    while (events_.empty()) {
        const auto bytes = co_await stream_->read_some();
        if (bytes.empty()) throw Error{Fault::unreachable, "the server ended its event stream"};
        for (auto& event : reader_.feed(bytes))
            events_.push_back(std::move(event));
    }
    auto event = std::move(events_.front());
    events_.pop_front();
    co_return event;
}

} // namespace thv::http
