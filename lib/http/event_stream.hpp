// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/client.hpp"
#include "http/sse.hpp"
#include "io/task.hpp"

#include <cstddef>
#include <deque>
#include <memory>

namespace thv::http {

/// Whether an answer says that it is a stream of events.
bool is_event_stream(const Response& head);

/// The events of an answer, one after the other.
class EventStream {
public:
    /// An event may have at most `limit` bytes.
    EventStream(std::unique_ptr<Stream> stream, std::size_t limit)
        : stream_(std::move(stream))
        , reader_(limit) {}

    /// Throws Fault::unreachable when there is no further one, Fault::internal for one over the limit.
    Task<Event> next();

private:
    std::unique_ptr<Stream> stream_;
    EventReader reader_;
    std::deque<Event> events_; ///< read, and not taken yet
};

} // namespace thv::http
