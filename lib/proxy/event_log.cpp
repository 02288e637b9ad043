// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/event_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace thv::proxy {

std::string to_string(EventId id) {
    return fmt::format("{}-{}", id.stream, id.event);
}

std::optional<EventId> parse_event_id(std::string_view text) {
    EventId id;
    const auto* const end = text.data() + text.size();
    const auto stream = std::from_chars(text.data(), end, id.stream);
    if (stream.ec != std::errc{} || stream.ptr == end || *stream.ptr != '-') return std::nullopt;
    const auto event = std::from_chars(stream.ptr + 1, end, id.event);
    if (event.ec != std::errc{} || event.ptr != end || to_string(id) != text) return std::nullopt;
    return id;
}

void EventLog::add(EventId id, std::string message) {
    bytes_ += message.size();
    entries_.push_back({id, std::move(message)});
    while (entries_.size() > max_events_ || bytes_ > max_bytes_)
        forget_oldest();
}

void EventLog::forget_oldest() {
    const auto& oldest = entries_.front();
    const auto known = std::ranges::find(forgotten_, oldest.id.stream, &Forgotten::stream);
    if (known != forgotten_.end())
        known->last_event = oldest.id.event;
    else
        forgotten_.push_back({oldest.id.stream, oldest.id.event});
    if (forgotten_.size() > max_events_) forgotten_.pop_front();
    bytes_ -= oldest.message.size();
    entries_.pop_front();
}

bool EventLog::complete_after(EventId id) const {
    const auto known = std::ranges::find(forgotten_, id.stream, &Forgotten::stream);
    return known == forgotten_.end() || known->last_event <= id.event;
}

} // namespace thv::proxy
