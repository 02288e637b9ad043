// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/stdio_handler.hpp"

#include <fmt/format.h>

namespace thv::proxy {

StdioHandler::StdioHandler(const asio::any_io_executor& executor, const Options& options, std::uint16_t port)
    : options_(options)
    , guard_(options.host, port, options.allowed_origins, options.allowed_hosts)
    , link_(*this, options.bridge)
    , fleet_(executor, options_, *this, link_,
             {.ended = [this](Link& link) { ended(link); }, .serve = [this](http::Visit& visit) { serve(visit); }})
    , quota_(options_.sessions, options_.sessions_per_principal)
    , mcp_(make_streamable_front({options_, guard_, fleet_, quota_}))
    , sse_(make_sse_front({options_, guard_, fleet_, quota_})) {}

void StdioHandler::tick(Front::Time now) {
    link_.bridge().tick(now);
    fleet_.tick(now);
    mcp_->tick(now);
    sse_->tick(now);
}

void StdioHandler::end_streams() {
    link_.bridge().end_listening();
    mcp_->end_streams();
    sse_->end_streams();
}

void StdioHandler::request(http::Visit& visit) {
    serve(visit);
}

void StdioHandler::serve(http::Visit& visit) {
    if (mcp_->serves(visit.path())) return mcp_->serve(visit);
    if (sse_->serves(visit.path())) return sse_->serve(visit);
    not_found(visit);
}

void StdioHandler::ended(Link& link) {
    mcp_->ended(link);
    sse_->ended(link);
}

void StdioHandler::gone(http::Visit& visit) {
    if (fleet_.forget(visit)) return options_.calls->gave_up(visit);
    if (sse_->serves(visit.path())) return sse_->gone(visit);
    mcp_->gone(visit);
}

void StdioHandler::event(mcp::Exchange exchange, const mcp::Pieces& message) {
    front_of(exchange).event(exchange, message);
}

void StdioHandler::answer(mcp::Exchange exchange, const mcp::Pieces& message) {
    front_of(exchange).answer(exchange, message);
}

void StdioHandler::refused(mcp::Exchange exchange, int status, const mcp::Pieces& message) {
    front_of(exchange).refused(exchange, status, message);
}

void StdioHandler::opened(mcp::Exchange exchange, Link& link, mcp::Session session, const mcp::Pieces& message) {
    front_of(exchange).opened(exchange, link, session, message);
}

bool StdioHandler::push(mcp::Session session, const mcp::Pieces& message) {
    return mcp_->has(session) ? mcp_->push(session, message) : sse_->push(session, message);
}

Vitals StdioHandler::vitals() const {
    const auto& bridge = link_.bridge();
    return {.sessions = mcp_->sessions() + sse_->sessions(),
            .streams = mcp_->streams() + sse_->streams(),
            .in_flight = bridge.in_flight() + fleet_.in_flight(),
            .waiting = bridge.waiting() + fleet_.waiting()};
}

void StdioHandler::not_found(http::Visit& visit) const {
    const auto lines = fmt::format("Content-Type: application/json\r\n{}", guard_.cors_fields(visit));
    const auto body = mcp::error_message({}, -32000, "Not Found: the endpoints are /mcp, and /sse for older clients");
    options_.calls->turned_away(visit, 404, body);
    visit.answer(404, lines, body);
}

} // namespace thv::proxy
