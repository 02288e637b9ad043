// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/endpoint_event.hpp"

#include "http/address.hpp"

#include <algorithm>
#include <utility>

namespace thv::proxy {

namespace {

constexpr std::size_t longest_event = 16U << 10U;

/// Where the event at the front ends, behind its empty line; npos while it is not complete.
std::size_t event_end(std::string_view text) {
    std::size_t line = 0;
    while (true) {
        const auto end = text.find('\n', line);
        if (end == std::string_view::npos) return end;
        const auto content = text.substr(line, end - line);
        if (content.empty() || content == "\r") return end + 1;
        line = end + 1;
    }
}

} // namespace

std::string_view without_authority(std::string_view url) {
    if (!url.starts_with("http://") && !url.starts_with("https://")) return url;
    const auto path = url.find('/', url.find("//") + 2);
    return path == std::string_view::npos ? std::string_view{"/"} : url.substr(path);
}

std::string posting_target(std::string_view stream, std::string_view place) {
    const auto path = without_authority(place);
    const auto found = http::resolve({.endpoint = {}, .target = std::string{stream}}, path);
    return found ? found->target : std::string{path};
}

std::string EndpointEvent::rewritten(std::string_view event) const {
    std::string lines;
    bool is_endpoint = false;
    for (auto rest = event; !rest.empty();) {
        const auto line = rest.substr(0, rest.find('\n') + 1);
        rest.remove_prefix(line.size());
        if (line.starts_with("event:")) is_endpoint = line.contains("endpoint");
        if (!line.starts_with("data:")) {
            lines += line;
            continue;
        }
        const auto start = std::min(line.find_first_not_of(' ', 5), line.size());
        const auto end = std::max(line.find_last_not_of("\r\n") + 1, start);
        lines += line.substr(0, start);
        lines += rewrite_(line.substr(start, end - start));
        lines += line.substr(end);
    }
    return is_endpoint ? lines : std::string{event};
}

std::string EndpointEvent::feed(std::string_view chunk) {
    if (done_) return std::string{chunk};
    held_ += chunk;
    const auto end = event_end(held_);
    if (end == std::string::npos) return held_.size() > longest_event ? finish() : std::string{};
    auto text = finish();
    // Comments and empty lines may come before it.
    if (!text.substr(0, end).contains("data:")) {
        done_ = false;
        held_ = text.substr(end);
        return text.substr(0, end) + feed({});
    }
    return rewritten(text.substr(0, end)) + text.substr(end);
}

std::string EndpointEvent::finish() {
    done_ = true;
    return std::exchange(held_, {});
}

} // namespace thv::proxy
