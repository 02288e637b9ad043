// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace thv::proxy {

/// The place of one event: which stream of its session, and which of its events. On the wire "STREAM-EVENT".
struct EventId {
    std::uint32_t stream = 0; ///< 0 is the GET stream of the session
    std::uint32_t event = 0;  ///< 0 comes before the first one
};
std::string to_string(EventId id);
/// None for what we never gave out.
std::optional<EventId> parse_event_id(std::string_view text);

/// The last events of a session, for clients that come back with a Last-Event-ID. What is beyond the limits is
/// forgotten, oldest first.
class EventLog {
public:
    EventLog(std::size_t max_events, std::size_t max_bytes)
        : max_events_(max_events)
        , max_bytes_(max_bytes) {}

    void add(EventId id, std::string message);

    /// Whether every event of `id.stream` behind `id` is still here.
    bool complete_after(EventId id) const;

    /// Calls `visit(id, message)` for the events of `id.stream` behind `id`, in their order.
    template <typename Visit>
    void replay(EventId id, Visit visit) const {
        for (const auto& entry : entries_)
            if (entry.id.stream == id.stream && entry.id.event > id.event) visit(entry.id, entry.message);
    }

private:
    struct Entry {
        EventId id;
        std::string message;
    };
    /// What was forgotten of a stream; bounded, as streams are.
    struct Forgotten {
        std::uint32_t stream;
        std::uint32_t last_event;
    };
    void forget_oldest();

    std::size_t max_events_;
    std::size_t max_bytes_;
    std::size_t bytes_ = 0;
    std::deque<Entry> entries_;
    std::deque<Forgotten> forgotten_;
};

} // namespace thv::proxy
