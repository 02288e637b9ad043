// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/client.hpp"
#include "http/sse.hpp"
#include "thv/mcp_http.hpp"

#include <deque>
#include <string>

namespace thv::commands {

/// What both transports share: numbering, the handshake, and what is done with each message that comes in.
class Conversation : public McpSession {
public:
    const nlohmann::ordered_json& server() const final { return server_; }
    Task<nlohmann::ordered_json> request(std::string method, nlohmann::ordered_json params) final;
    Task<> initialize();

protected:
    Conversation(const http::Address& address, Duration patience)
        : client_(address.endpoint)
        , target_(address.target)
        , patience_(patience) {}

    /// Sends a request and returns the message that answers it.
    virtual Task<nlohmann::ordered_json> exchange(int id, std::string text) = 0;
    /// Sends a notification or an answer.
    virtual Task<> post(std::string text) = 0;

    /// Whether the message is the answer to request `id`. Requests of the server's are answered on the way; everything
    /// else is passed over.
    Task<bool> answers(const nlohmann::ordered_json& message, int id);
    http::Request post_request(std::string text) const;
    /// Whether the handshake is done.
    bool ready() const { return !server_.is_null(); }

    http::Client client_;
    std::string target_;
    Duration patience_;
    http::Headers session_headers_; ///< sent with every request, once they are known

private:
    int next_id_ = 1;
    nlohmann::ordered_json server_;
};

/// What of one message may be read, and of all messages until the answer.
inline constexpr std::size_t largest_message = 16U << 20U;
inline constexpr std::size_t largest_exchange = 64U << 20U;

nlohmann::ordered_json parse_message(std::string_view text);
/// What an HTTP status that is no success means.
Error refused_with(int status, const http::Endpoint& endpoint);

} // namespace thv::commands
