// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/gate.hpp"

#include "core/gateway_config.hpp"
#include "core/text.hpp"
#include "mcp/jsonrpc.hpp"
#include "proxy/challenge.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

namespace thv::proxy {

namespace {

constexpr std::size_t most_undecided = 1000;
constexpr std::string_view json_fields = "Content-Type: application/json\r\nCache-Control: no-store\r\n";

/// The headers that a page may send, for Access-Control-Allow-Headers: what MCP has, and those of `wanted` that carry
/// the parameters of a tool, whose names nobody knows before.
std::string allowed_headers(std::string_view wanted) {
    std::string allowed = "Accept, Authorization, Content-Type, Last-Event-ID, Mcp-Method, Mcp-Name, "
                          "Mcp-Protocol-Version, Mcp-Session-Id";
    while (!wanted.empty()) {
        auto name = wanted.substr(0, wanted.find(','));
        wanted.remove_prefix(std::min(name.size() + 1, wanted.size()));
        while (name.starts_with(' '))
            name.remove_prefix(1);
        const auto is_token = [](unsigned char byte) { return std::isalnum(byte) != 0 || byte == '-' || byte == '_'; };
        if (lower(name).starts_with("mcp-param-") && std::ranges::all_of(name, is_token))
            allowed.append(", ").append(name);
    }
    return allowed;
}

} // namespace

Gate::Gate(const Options& options, std::uint16_t port, Parts parts)
    : options_(options)
    , guard_(options.host, port, options.allowed_origins, options.allowed_hosts)
    , parts_(std::move(parts))
    , view_(options.tools, options.tool_changes)
    , owners_(options.sessions, options.sessions_per_principal) {}

void Gate::request(http::Visit& visit) {
    const bool reads = visit.method() == "GET" || visit.method() == "HEAD";
    if (reads && visit.path() == "/health") return answer_health(visit);
    if (const auto objection = guard_.objection(visit))
        return turn_away(visit, 403, json_fields, mcp::error_message({}, -32000, *objection));
    if (visit.method() == "OPTIONS" && visit.header("origin")) return preflight(visit);
    if (reads && is_metadata_path(visit.path())) return answer_metadata(visit);
    if (options_.authenticator) return authenticate(visit);
    admit(visit);
}

void Gate::gone(http::Visit& visit) {
    if (undecided_.erase(&visit) != 0) return;
    const auto passing = passing_.extract(&visit);
    if (!passing.empty()) passing.mapped()->left();
    parts_.inner.gone(passing.empty() ? visit : *passing.mapped());
}

void Gate::drained(http::Visit& visit) {
    if (undecided_.contains(&visit)) return;
    const auto passing = passing_.find(&visit);
    parts_.inner.drained(passing == passing_.end() ? visit : *passing->second);
}

void Gate::admit(http::Visit& visit) {
    if (!parts_.passes) return parts_.inner.request(visit);
    const auto session = visit.header("mcp-session-id");
    const bool own = !options_.authenticator || !session ||
                     (visit.header_count("mcp-session-id") == 1 && owners_.owns(*session, visit.principal()));
    if (!own)
        return turn_away(visit, 404, fmt::format("{}{}", json_fields, guard_.cors_fields(visit)),
                         mcp::error_message({}, -32001, "Session not found"));
    const PassedCall::Rules calls{.calls = *options_.calls,
                                  .late = late_,
                                  .sse = options_.transport == Transport::sse,
                                  .prefix = options_.endpoint_prefix};
    const GatedVisit::Rules rules{.view = view_, .calls = calls, .owners = options_.authenticator ? &owners_ : nullptr};
    const auto gated = std::make_shared<GatedVisit>(visit, rules, [this, at = &visit](int) { passed(*at); });
    if (const auto refusal = gated->refusal())
        return turn_away(visit, refusal->status, fmt::format("{}{}", json_fields, guard_.cors_fields(visit)),
                         refusal->body);
    gated->enter();
    passing_.insert_or_assign(&visit, gated);
    parts_.inner.request(*gated);
}

/// The answer is complete; whoever gave it may still hold the visit until it returns.
void Gate::passed(http::Visit& visit) {
    asio::post(parts_.executor, [passing = passing_.extract(&visit)] {});
}

void Gate::authenticate(http::Visit& visit) {
    const auto token = bearer_token(visit);
    if (!token) return deny(visit, token.error());
    if (const auto known = options_.authenticator->at_once(*token)) return decide(visit, *known);
    if (undecided_.size() >= most_undecided)
        return deny(visit, {503, "temporarily_unavailable", "too many tokens wait for the keys of their issuer"});
    const auto ticket = next_ticket_++;
    undecided_.insert_or_assign(&visit, ticket);
    asio::co_spawn(parts_.executor, look_up(shared_from_this(), &visit, ticket, std::string{*token}),
                   [self = shared_from_this(), at = &visit, ticket](const std::exception_ptr& failure) {
                       // A check does not throw; what did is a bug, and must not let anybody in or leave him hanging.
                       const auto found = self->undecided_.find(at);
                       if (!failure || found == self->undecided_.end() || found->second != ticket) return;
                       self->undecided_.erase(found);
                       at->abort();
                   });
}

Task<> Gate::look_up(std::shared_ptr<Gate> self, http::Visit* visit, std::uint64_t ticket, std::string token) {
    const auto verdict = co_await self->options_.authenticator->check(std::move(token));
    // Meanwhile the client may have gone, and its visit may be another one's.
    const auto found = self->undecided_.find(visit);
    if (found == self->undecided_.end() || found->second != ticket) co_return;
    self->undecided_.erase(found);
    self->decide(*visit, verdict);
}

void Gate::decide(http::Visit& visit, const auth::Verdict& verdict) {
    if (!verdict) return deny(visit, verdict.error());
    visit.authenticated(fmt::format("{}\n{}", verdict->issuer, verdict->subject), verdict->until);
    admit(visit);
}

void Gate::deny(http::Visit& visit, const auth::Denial& denial) const {
    const auto lines = fmt::format("{}{}{}", json_fields, guard_.cors_fields(visit),
                                   challenge(denial, resource(visit), *options_.authenticator));
    turn_away(visit, denial.status, lines, mcp::error_message({}, -32000, denial.description));
}

void Gate::turn_away(http::Visit& visit, int status, std::string_view fields, std::string_view answer) const {
    options_.calls->turned_away(visit, status, answer);
    visit.answer(status, fields, answer);
}

std::string Gate::resource(const http::Visit& visit) const {
    const bool sse = options_.transport == Transport::sse ||
                     (options_.transport == Transport::stdio && options_.mode == ProxyMode::sse);
    return resource_url(visit, options_.resource_url, sse ? "/sse" : "/mcp");
}

void Gate::answer_metadata(http::Visit& visit) const {
    const auto lines = fmt::format("{}{}", json_fields, guard_.cors_fields(visit));
    const bool any = options_.authenticator && !options_.authenticator->issuers().empty();
    if (any) return visit.answer(200, lines, metadata(resource(visit), *options_.authenticator));
    visit.answer(404, lines, R"({"error":"not_found","error_description":"no OAuth token is needed here"})");
}

void Gate::answer_health(http::Visit& visit) const {
    const auto health = parts_.health();
    visit.answer(health.available ? 200 : 503, json_fields, to_json(health, options_.transport));
}

void Gate::preflight(http::Visit& visit) const {
    const auto wanted = visit.header("access-control-request-headers").value_or("");
    const auto lines = fmt::format("{}Access-Control-Allow-Methods: GET, POST, DELETE\r\n"
                                   "Access-Control-Allow-Headers: {}\r\nAccess-Control-Max-Age: 600\r\n",
                                   guard_.cors_fields(visit), allowed_headers(wanted));
    visit.answer(204, lines, std::string_view{});
}

void check_exposure(const Options& options) {
    GatewayConfig config;
    config.allowed_hosts = options.allowed_hosts;
    if (!options.authenticator) thv::check_exposure(options.host, options.allowed_origins, config);
}

} // namespace thv::proxy
