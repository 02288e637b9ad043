// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "http/sse.hpp"

#include "core/error.hpp"

#include <utility>

namespace thv::http {

namespace {

/// At most nine digits, which is eleven days.
std::optional<unsigned> whole_number(std::string_view digits) {
    if (digits.empty() || digits.size() > 9) return std::nullopt;
    unsigned number = 0;
    for (const char digit : digits) {
        if (digit < '0' || digit > '9') return std::nullopt;
        number = number * 10 + static_cast<unsigned>(digit - '0');
    }
    return number;
}

} // namespace

std::vector<Event> EventReader::feed(std::string_view bytes) {
    while (!bytes.empty()) {
        if (std::exchange(after_cr_, false) && bytes.front() == '\n') {
            bytes.remove_prefix(1);
            continue;
        }
        const auto end = bytes.find_first_of("\r\n");
        line_ += bytes.substr(0, end);
        if (line_.size() + event_.data.size() + event_.type.size() > limit_)
            throw Error{Fault::internal, "the server sent an event that is too long"};
        if (end == std::string_view::npos) break;
        after_cr_ = bytes[end] == '\r';
        bytes.remove_prefix(end + 1);
        take_line();
    }
    return std::exchange(done_, {});
}

void EventReader::take_line() {
    auto line = std::exchange(line_, {});
    if (std::exchange(first_line_, false) && line.starts_with("\xef\xbb\xbf")) line.erase(0, 3);
    if (line.empty()) return finish_event();
    const auto colon = line.find(':');
    const auto field = std::string_view{line}.substr(0, colon);
    auto value = colon == std::string::npos ? std::string_view{} : std::string_view{line}.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (field == "event") {
        event_.type = value;
    } else if (field == "data") {
        if (std::exchange(has_data_, true)) event_.data += '\n';
        event_.data += value;
    } else if (field == "id") {
        if (value.find('\0') == std::string_view::npos) id_ = value;
    } else if (field == "retry") {
        if (const auto time = whole_number(value)) retry_ = std::chrono::milliseconds{*time};
    }
}

void EventReader::finish_event() {
    auto event = std::exchange(event_, {});
    last_id_ = id_;
    if (!std::exchange(has_data_, false)) return;
    if (event.type.empty()) event.type = "message";
    done_.push_back(std::move(event));
}

} // namespace thv::http
