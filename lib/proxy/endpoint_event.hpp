// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace thv::proxy {

/// Path and query of a URL with a host; anything else as it is.
std::string_view without_authority(std::string_view url);

/// What a client asks for that posts to the place which a stream has named: path and query. `stream` is those of the
/// stream.
std::string posting_target(std::string_view stream, std::string_view place);

/// Rewrites the first event of an HTTP+SSE stream (MCP 2024-11-05), `endpoint`, which tells the client where to post,
/// so that the client posts to whom it has connected. All that follows, and a stream that does not begin with that
/// event, passes unchanged, however long its lines are.
class EndpointEvent {
public:
    using Rewrite = std::function<std::string(std::string_view place)>;
    explicit EndpointEvent(Rewrite rewrite)
        : rewrite_(std::move(rewrite)) {}

    /// The bytes to pass on now.
    std::string feed(std::string_view chunk);
    /// The bytes still held when the stream ends.
    std::string finish();

private:
    std::string rewritten(std::string_view event) const;

    Rewrite rewrite_;
    std::string held_;
    bool done_ = false;
};

} // namespace thv::proxy
