// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/message.hpp"
#include "mcp/jsonrpc.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thv::relay {

/// The protocol revision that a message names for itself (MCP 2026-07-28 and later); none for messages of a session.
std::optional<std::string> own_revision(const mcp::Message& message);

/// A text as the value of a header (MCP 2026-07-28, "Value Encoding"): as it is when it is plain ASCII, else in base64
/// with its mark.
std::string header_value(std::string_view text);

/// The headers that mirror a message's body: Mcp-Method, Mcp-Name and, for tools whose schema asks for it
/// (x-mcp-header), Mcp-Param-…. Tools are learned from the lists that pass.
class MirrorHeaders {
public:
    /// Remembers the tools of a `tools/list` result. Tools that are described in another way than the protocol says
    /// are passed over, and forgotten when they were known.
    void learn(std::string_view result);
    http::Headers of(const mcp::Message& message) const;

private:
    struct Parameter {
        std::string header;
        std::vector<std::string> path; ///< of keys, from the arguments
    };
    static void find_parameters(std::string_view schema, const std::vector<std::string>& path,
                                std::vector<Parameter>& found);

    std::map<std::string, std::vector<Parameter>> tools_;
};

} // namespace thv::relay
