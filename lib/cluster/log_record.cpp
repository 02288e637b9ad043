// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/log_record.hpp"

#include "http/message.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv::cluster {

LogRecord read_record(std::string_view line) {
    LogRecord record{.line = std::string{line}, .written = {}};
    const auto space = line.find(' ');
    const auto written = parse_rfc3339(line.substr(0, space));
    if (!written) return record;
    record.written = *written;
    record.text_begins = space == std::string_view::npos ? line.size() : space + 1;
    return record;
}

void LogCursor::rewind() {
    again_ = last_.has_value();
    still_again_ = at_last_;
    before_.reset();
}

bool LogCursor::admits(const LogRecord& record) {
    const auto time = record.written ? record.written : before_;
    before_ = time;
    if (again_ && last_) {
        if (!time || *time < *last_) return false;
        if (*time == *last_ && still_again_ > 0) {
            --still_again_;
            return false;
        }
        again_ = false;
    }
    at_last_ = time == last_ ? at_last_ + 1 : 1;
    last_ = time;
    return true;
}

std::string log_query(const LogRequest& request) {
    auto query = fmt::format("container={}&timestamps=true", http::percent_encode(request.container));
    if (request.lines) query += fmt::format("&tailLines={}", std::max(0, *request.lines));
    if (request.since) query += "&sinceTime=" + http::percent_encode(format_rfc3339(*request.since));
    if (request.follow) query += "&follow=true";
    if (request.previous) query += "&previous=true";
    return query;
}

} // namespace thv::cluster
