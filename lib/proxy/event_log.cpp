// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/event_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace thv::proxy {

namespace {

std::optional<std::uint32_t> number(std::string_view digits) {
    std::uint64_t value = 0;
    if (digits.empty() || digits.size() > 10) return std::nullopt;
    for (const char digit : digits) {
        if (digit < '0' || digit > '9') return std::nullopt;
        value = value * 10 + static_cast<std::uint64_t>(digit - '0');
    }
    if (value > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
    return static_cast<std::uint32_t>(value);
}

} // namespace

std::string to_string(EventId id) {
    return fmt::format("{}-{}", id.stream, id.event);
}

std::optional<EventId> parse_event_id(std::string_view text) {
    const auto dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto stream = number(text.substr(0, dash));
    const auto event = number(text.substr(dash + 1));
    if (!stream || !event) return std::nullopt;
    const EventId id{*stream, *event};
    if (to_string(id) != text) return std::nullopt; // "01-1" is none of ours
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
