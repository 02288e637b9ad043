// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thv::http {

/// One server-sent event.
struct Event {
    std::string type; ///< "message" when the stream names none
    std::string data; ///< its data lines, joined by newlines
    bool operator==(const Event&) const = default;
};

/// Makes events of the bytes of an event stream (WHATWG HTML, "Server-sent events"), however they are cut: lines may
/// end with CR, LF or CRLF. Comments are passed over, and so is an event without data.
class EventReader {
public:
    /// An event may have at most `limit` bytes.
    explicit EventReader(std::size_t limit)
        : limit_(limit) {}

    /// The events that these bytes complete; an unfinished one is kept. Throws Fault::internal for one over the limit.
    std::vector<Event> feed(std::string_view bytes);

    /// What a client that connects again sends as Last-Event-ID: the id of the last event that was complete (one
    /// without data included); empty when no event had one.
    const std::string& last_id() const { return last_id_; }
    /// How long a client is to wait before it connects again, if the stream has said so.
    std::optional<std::chrono::milliseconds> retry() const { return retry_; }

private:
    void take_line();
    void finish_event();

    std::size_t limit_;
    bool first_line_ = true;
    bool after_cr_ = false; ///< an LF that comes now belongs to the line that is done
    std::string line_;
    Event event_;
    bool has_data_ = false;
    std::string id_; ///< of the event that is not complete yet
    std::string last_id_;
    std::optional<std::chrono::milliseconds> retry_;
    std::vector<Event> done_;
};

} // namespace thv::http
