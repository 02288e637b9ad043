// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/message.hpp"
#include "thv/mcp_session.hpp"

#include <string_view>

namespace thv::commands {

/// Where an MCP server is.
struct McpAddress {
    http::Endpoint endpoint;
    std::string target; ///< path and query
};

/// The parts of "http://host[:port][/path][?query][#fragment]". Fault::usage for anything else, Fault::unsupported for
/// https.
Result<McpAddress> parse_mcp_url(std::string_view url);

/// Begin a conversation in one of the initialize-based revisions (2025-11-25 and earlier), over streamable HTTP, or
/// over HTTP with SSE (2024-11-05). Requests of the server's to the client are refused, except `ping`.
/// Fault::unsupported when the server does not know the transport.
Task<std::unique_ptr<McpSession>> open_streamable(McpAddress address, Duration patience);
Task<std::unique_ptr<McpSession>> open_sse(McpAddress address, Duration patience);

class HttpDialer final : public McpDialer {
public:
    Task<std::unique_ptr<McpSession>> open(std::string url, std::optional<ProxyMode> mode, Duration patience) override;
};

} // namespace thv::commands
