// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/address.hpp"
#include "io/environment.hpp"
#include "thv/mcp_session.hpp"

namespace thv::commands {

/// Begin a conversation in one of the initialize-based revisions (2025-11-25 and earlier), over streamable HTTP, or
/// over HTTP with SSE (2024-11-05). Requests of the server's to the client are refused, except `ping`.
/// Fault::unsupported when the server does not know the transport.
Task<std::unique_ptr<McpSession>> open_streamable(http::Address address, Duration patience);
Task<std::unique_ptr<McpSession>> open_sse(http::Address address, Duration patience);

class HttpDialer final : public McpDialer {
public:
    /// The environment tells the proxy to https servers.
    explicit HttpDialer(Environment environment)
        : environment_(std::move(environment)) {}
    Task<std::unique_ptr<McpSession>> open(McpDial dial) override;

private:
    Environment environment_;
};

} // namespace thv::commands
