// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mcp/bridge.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace thv::proxy {

class Link;

/// The clients of servers, as their bridges see them (see mcp::Sink).
struct Clients {
    virtual ~Clients() = default;
    virtual void event(mcp::Exchange exchange, const mcp::Pieces& message) = 0;
    virtual void answer(mcp::Exchange exchange, const mcp::Pieces& message) = 0;
    virtual void refused(mcp::Exchange exchange, int status, const mcp::Pieces& message) = 0;
    virtual void opened(mcp::Exchange exchange, Link& link, mcp::Session session, const mcp::Pieces& message) = 0;
    virtual bool push(mcp::Session session, const mcp::Pieces& message) = 0;
    virtual void over(mcp::Watch /*watch*/, const mcp::Ending& /*ending*/) {}
    virtual void changed(mcp::Session /*session*/, const mcp::SessionFacts& /*facts*/) {}
};

/// One server process: its bridge, and the bytes that are on their way to it.
class Link final : public mcp::Sink {
public:
    /// `clients` outlives the link. The keys of its sessions are above `first_session`.
    Link(Clients& clients, const mcp::BridgeLimits& limits, std::uint64_t first_session = 0)
        : bridge_(*this, limits, first_session)
        , clients_(clients) {}

    mcp::Bridge& bridge() { return bridge_; }
    const mcp::Bridge& bridge() const { return bridge_; }

    /// Bytes for the server collect until they are taken; `wake` is called when there are some after there were none.
    void on_output(std::function<void()> wake) { wake_ = std::move(wake); }
    std::string take_output() { return std::exchange(output_, {}); }
    /// How many bytes taken before have not reached the server yet.
    void on_backlog(std::function<std::size_t()> backlog) { backlog_ = std::move(backlog); }
    std::size_t backlog() const { return output_.size() + (backlog_ ? backlog_() : 0); }

    /// Called when the server has told that a list of its has changed.
    void on_list_changed(std::function<void(mcp::Method)> tell) { list_changed_ = std::move(tell); }

    void to_child(const mcp::Pieces& line) override;
    void event(mcp::Exchange exchange, const mcp::Pieces& message) override { clients_.event(exchange, message); }
    void answer(mcp::Exchange exchange, const mcp::Pieces& message) override { clients_.answer(exchange, message); }
    void refused(mcp::Exchange exchange, int status, const mcp::Pieces& message) override {
        clients_.refused(exchange, status, message);
    }
    void opened(mcp::Exchange exchange, mcp::Session session, const mcp::Pieces& message) override {
        clients_.opened(exchange, *this, session, message);
    }
    bool push(mcp::Session session, const mcp::Pieces& message) override { return clients_.push(session, message); }
    void ended(mcp::Watch watch, const mcp::Ending& ending) override { clients_.over(watch, ending); }
    void changed(mcp::Session session, const mcp::SessionFacts& facts) override { clients_.changed(session, facts); }
    void list_changed(mcp::Method list) override {
        if (list_changed_) list_changed_(list);
    }
    std::string secret() override;

private:
    mcp::Bridge bridge_;
    Clients& clients_;
    std::function<void()> wake_;
    std::function<std::size_t()> backlog_;
    std::function<void(mcp::Method)> list_changed_;
    std::string output_;
};

/// 128 bits of the system's randomness in hexadecimal digits.
std::string random_id();

} // namespace thv::proxy
