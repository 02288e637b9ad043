// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mcp/jsonrpc.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The rules of revision 2026-07-28, in which every request stands alone: what it must say of itself in params._meta,
/// and which parts of it are mirrored into HTTP headers (basic/transports/streamable-http, "Request Metadata").
namespace thv::mcp {

inline constexpr std::string_view modern_version = "2026-07-28";

/// Codes that the specification reserves (basic/index, "Error Codes").
inline constexpr int header_mismatch = -32020;
inline constexpr int missing_capability = -32021;
inline constexpr int unsupported_version = -32022;

/// The headers of one POST that repeat parts of its body.
struct Mirrored {
    struct Parameter {
        std::string name; ///< in lower case, without "mcp-param-"
        std::string value;
    };
    std::optional<std::string_view> version; ///< MCP-Protocol-Version
    std::optional<std::string_view> method;  ///< Mcp-Method
    std::optional<std::string_view> name;    ///< Mcp-Name
    std::vector<Parameter> parameters = {};  ///< Mcp-Param-*
};

/// Why a request is not served.
struct Complaint {
    int status = 400; ///< of HTTP
    int code = 0;
    std::string message;
    std::string data = {}; ///< raw JSON, or empty
};

/// Whether a message belongs to this revision rather than to an earlier one, by its header or by what it says itself.
bool is_modern(const Message& message, std::optional<std::string_view> version_header);

/// What a request of this revision must say and repeat; nothing when all is well. Does not look at Mcp-Param-*.
std::optional<Complaint> complaint(const Message& message, const Mirrored& headers);

/// What the client of one request can do and wants.
struct RequestMeta {
    bool sampling = false;
    bool elicitation = false;
    bool roots = false;
    std::optional<int> level; ///< of the log messages that it wants; none without
};
RequestMeta request_meta(const Message& message);

/// Whether the revision took a method away that earlier ones have.
bool is_removed(Method method);

/// The status of an answer that is nothing but an error.
int status_of(std::string_view code);

/// The text that a header value stands for: plain, or "=?base64?…?=". None when that is not valid.
std::optional<std::string> header_text(std::string_view value);

/// Which arguments of which tool are mirrored into Mcp-Param-* headers ("x-mcp-header" in the tool's input schema).
class ToolHeaders {
public:
    /// Adds the tools of one result of tools/list. Tools whose annotations break the rules mirror nothing: no client
    /// may call them. `result` must be valid JSON.
    void add(std::string_view result);
    /// What is wrong with the headers of a call; `params` is the raw object.
    std::optional<Complaint> complaint(std::string_view params, const std::vector<Mirrored::Parameter>& headers) const;
    bool empty() const { return tools_.empty(); }

private:
    struct Place {
        std::string header; ///< in lower case
        std::vector<std::string> path;
        std::string type;
    };
    std::map<std::string, std::vector<Place>, std::less<>> tools_;
    friend struct SchemaWalk;
};

} // namespace thv::mcp
