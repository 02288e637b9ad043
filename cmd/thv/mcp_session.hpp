// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/run_config.hpp"
#include "core/time.hpp"
#include "io/task.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace thv::commands {

/// A text of what a server has said; empty when it is no object, or has none of that name.
std::string text_of(const nlohmann::ordered_json& item, const char* key);

/// A conversation with one MCP server, begun by `initialize`.
struct McpSession {
    virtual ~McpSession() = default;
    /// The server's result of `initialize`: what it can do, who it is.
    virtual const nlohmann::ordered_json& server() const = 0;
    /// The result of a request. Throws Fault::internal for a JSON-RPC error, Fault::unreachable when the connection
    /// breaks, Fault::timed_out.
    virtual Task<nlohmann::ordered_json> request(std::string method, nlohmann::ordered_json params) = 0;
    /// Ends the session on the server; failures do not matter.
    virtual Task<> close() = 0;
};

/// Which server, and how to talk to it.
struct McpDial {
    std::string url;
    std::optional<ProxyMode> mode = {};      ///< how it speaks; none: found out, streamable HTTP first
    Duration patience = {};                  ///< for each answer
    std::optional<std::string> ca_file = {}; ///< the authorities to trust; none: the system's
};

/// Opens conversations.
struct McpDialer {
    static constexpr std::string_view noun = "talking to MCP servers";
    virtual ~McpDialer() = default;
    /// Fault::usage for what is no http or https URL.
    virtual Task<std::unique_ptr<McpSession>> open(McpDial dial) = 0;
};

} // namespace thv::commands
