// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "proxy/fleet.hpp"
#include "proxy/front.hpp"
#include "proxy/vitals.hpp"

#include <memory>

namespace thv::proxy {

/// Both ways in which clients of a stdio server speak MCP, on one port.
class StdioHandler final : public http::Handler, public Clients {
public:
    StdioHandler(const asio::any_io_executor& executor, const Options& options, std::uint16_t port);

    Link& link() { return link_; }
    const Link& link() const { return link_; }
    Fleet& fleet() { return fleet_; }
    void tick(Front::Time now);
    void end_streams();

    void request(http::Visit& visit) override;
    void gone(http::Visit& visit) override;

    void event(mcp::Exchange exchange, const mcp::Pieces& message) override;
    void answer(mcp::Exchange exchange, const mcp::Pieces& message) override;
    void refused(mcp::Exchange exchange, int status, const mcp::Pieces& message) override;
    void opened(mcp::Exchange exchange, Link& link, mcp::Session session, const mcp::Pieces& message) override;
    bool push(mcp::Session session, const mcp::Pieces& message) override;
    void changed(mcp::Session session, const mcp::SessionFacts& facts) override { mcp_->changed(session, facts); }
    void over(mcp::Watch watch, const mcp::Ending& ending) override { options_.calls->ended(watch, ending); }
    /// But for its health and connections.
    Vitals vitals() const;

private:
    Front& front_of(mcp::Exchange exchange) { return address_kind(exchange) == Address::sse_client ? *sse_ : *mcp_; }
    void serve(http::Visit& visit);
    void ended(Link& link);
    void not_found(http::Visit& visit) const;

    const Options options_;
    const Guard guard_;
    Link link_;
    Fleet fleet_;
    SessionQuota quota_;
    std::unique_ptr<Front> mcp_;
    std::unique_ptr<Front> sse_;
};

} // namespace thv::proxy
