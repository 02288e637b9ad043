// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/server.hpp"
#include "mcp/bridge.hpp"
#include "proxy/guard.hpp"
#include "proxy/options.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace thv::proxy {

/// The HTTP side of a proxy in front of a stdio server: what is common to its two shapes.
class Front : public http::Handler, public mcp::Sink {
public:
    using Time = std::chrono::steady_clock::time_point;

    Front(const Options& options, std::uint16_t port);

    mcp::Bridge& bridge() { return bridge_; }
    const mcp::Bridge& bridge() const { return bridge_; }

    /// Bytes for the server collect until they are taken; `wake` is called when there are some after there were none.
    void on_output(std::function<void()> wake) { wake_ = std::move(wake); }
    std::string take_output() { return std::exchange(output_, {}); }

    /// How many bytes taken before have not reached the server yet.
    void on_backlog(std::function<std::size_t()> backlog) { backlog_ = std::move(backlog); }

    /// Ends what has waited or idled for too long. Call about every second.
    virtual void tick(Time now);
    /// Ends the streams that would never end by themselves.
    virtual void end_streams() = 0;

    void request(http::Visit& visit) final { serve(visit); }
    void to_child(const mcp::Pieces& line) final;

protected:
    virtual void serve(http::Visit& visit) = 0;

    /// A JSON-RPC error without an id as the whole answer.
    void refuse(http::Visit& visit, int status, int code, std::string_view message, std::string_view fields = {}) const;
    void refuse(http::Visit& visit, int status, const std::string& message, std::string_view fields = {}) const;
    std::string fields(const http::Visit& visit, std::string_view type) const;
    /// Whether the body says that it is JSON; answers 415 when not.
    bool is_json(http::Visit& visit) const;
    /// Whether the server reads so little that clients must come back later; answers 503 when so.
    bool is_clogged(http::Visit& visit, const mcp::Message& message) const;
    static void write_event(http::Visit& visit, const mcp::Pieces& message);

    const Options options_;
    const Guard guard_;
    Time now_ = std::chrono::steady_clock::now();
    Time last_comment_ = now_;

private:
    mcp::Bridge bridge_;
    std::function<void()> wake_;
    std::function<std::size_t()> backlog_;
    std::string output_;
};

/// Streamable HTTP (MCP 2025-03-26 and later) on /mcp.
std::unique_ptr<Front> make_streamable_front(const Options& options, std::uint16_t port);
/// HTTP with SSE (MCP 2024-11-05) on /sse and /messages.
std::unique_ptr<Front> make_sse_front(const Options& options, std::uint16_t port);

/// 128 bits of the system's randomness in hexadecimal digits.
std::string random_id();

} // namespace thv::proxy
