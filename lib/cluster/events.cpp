// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/events.hpp"

#include "cluster/lookup.hpp"
#include "cluster/object_reader.hpp"

#include <fmt/format.h>

namespace thv::cluster {

std::vector<std::string> EventLines::feed(std::string_view bytes) {
    std::vector<std::string> lines;
    while (!bytes.empty()) {
        const auto end = bytes.find('\n');
        const auto part = bytes.substr(0, end);
        if (rest_.size() + part.size() > longest_)
            throw Error{Fault::internal, fmt::format("{} sent an event of more than {} bytes", from_, longest_)};
        rest_ += part;
        if (end == std::string_view::npos) break;
        bytes.remove_prefix(end + 1);
        if (!rest_.empty()) lines.push_back(std::move(rest_));
        rest_.clear();
    }
    return lines;
}

Line read_line(std::string_view text, std::string_view from) {
    auto document = read_event(text, from);
    const auto type = text_at(document, {"type"});
    const auto* object = value_at(document, {"object"});
    if (type.empty() || object == nullptr || !object->is_object())
        throw Error{Fault::internal, fmt::format("{} sent something that is no event", from)};
    if (type == "BOOKMARK") return Bookmark{text_at(*object, {"metadata", "resourceVersion"})};
    if (type == "ERROR") {
        const auto code = integer_at(*object, {"code"}).value_or(500);
        return WatchFailure{.code = code >= 400 && code < 600 ? static_cast<int>(code) : 500, .status = object->dump()};
    }
    WatchEvent event;
    if (type == "MODIFIED")
        event.kind = WatchEvent::Kind::modified;
    else if (type == "DELETED")
        event.kind = WatchEvent::Kind::deleted;
    else if (type != "ADDED")
        return {};
    event.object = std::move(document["object"]);
    return event;
}

} // namespace thv::cluster
