// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mcp/jsonrpc.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace thv::mcp {

/// A request of a client, by the number of whoever wants to know its end; none: nobody does.
enum class Watch : std::uint64_t { none = 0 };

/// What became of a request of a client.
enum class CallEnd : std::uint8_t {
    success,
    tool_error, ///< a result, in which the tool says that it failed
    error,      ///< the server's answer is an error
    refused,    ///< it did not get as far as the server, for what it asks or because of a limit
    failed,     ///< no answer: the server is not there, stopped, or took too long
    abandoned,  ///< the client did not wait for the answer
};
inline constexpr std::size_t outcomes = 6;
std::string_view to_string(CallEnd outcome);

struct Ending {
    CallEnd outcome = CallEnd::success;
    int code = 0;                 ///< of a JSON-RPC error
    int status = 0;               ///< of HTTP, when the answer has one of its own
    std::string_view reason = {}; ///< in words of ours; empty for what the server has answered
};

/// What a response of the server means.
Ending ending_of(const Message& response);

} // namespace thv::mcp
