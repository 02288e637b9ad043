// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "thv/commands.hpp"
#include "thv/mcp_session.hpp"

namespace thv::commands {

inline constexpr Duration default_mcp_patience = std::chrono::seconds{30};

/// Which server, and how to talk to it.
struct McpTarget {
    std::string server; ///< a workload's name, or a URL
    std::string transport = "auto";
    Duration patience = default_mcp_patience;
    std::optional<std::string> ca_file;

    void declare(Args& args);
};

struct McpList {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(Lazy<Query> query, McpDialer& dialer, Console& console) const;

    McpTarget target;
    std::vector<std::string> words; ///< [tools|resources|prompts] [SERVER]
    cli::Output output;
};

struct McpCall {
    static const Doc doc;
    void declare(Args& args);
    Task<int> run(Lazy<Query> query, McpDialer& dialer, Console& console) const;

    McpTarget target;
    std::vector<std::string> words; ///< [SERVER] TOOL [KEY=VALUE...]
    std::optional<std::string> arguments;
    std::optional<std::string> arguments_file;
    bool ignore_tool_error = false;
    cli::Output output;
};

/// A workload's MCP server on stdin and stdout.
struct ProxyStdio {
    static const Doc doc;
    void declare(Args& args);
    Task<int> run(Caller caller, Query& query, Console& console) const;

    std::string name;
    Duration patience = std::chrono::seconds{30};
};

/// Opens a session with a workload that runs, or with the server at a URL.
Task<std::unique_ptr<McpSession>> dial(McpTarget target, Lazy<Query> query, McpDialer& dialer);

/// The result of the work, after the session was closed, whether the work succeeded or not.
Task<nlohmann::ordered_json> finish(McpSession& session, Task<nlohmann::ordered_json> work);

/// Every item of a paged list (`tools/list`, …); an empty array when the server does not offer `what`.
Task<nlohmann::ordered_json> list_all(McpSession& session, std::string what);

/// The arguments of a tool call from "key=value" (typed by the tool's input schema; a value of a type that is not
/// described is a string) and "key:=JSON".
nlohmann::ordered_json arguments_from(const std::vector<std::string>& pairs, const nlohmann::ordered_json& schema);

} // namespace thv::commands
