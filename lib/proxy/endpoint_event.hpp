// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace thv::proxy {

/// Rewrites the first event of an HTTP+SSE stream (MCP 2024-11-05), `endpoint`, which tells the client where to post:
/// of a URL with a host only path and query are kept, so that the client posts to whom it has connected. All that
/// follows, and a stream that does not begin with that event, passes unchanged.
class EndpointEvent {
public:
    /// The bytes to pass on now.
    std::string feed(std::string_view chunk);
    /// The bytes still held when the stream ends.
    std::string finish();

private:
    std::string held_;
    bool done_ = false;
};

} // namespace thv::proxy
