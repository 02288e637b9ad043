// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/guard.hpp"

#include "core/gateway_config.hpp"
#include "core/text.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>

namespace thv::proxy {

namespace {

bool is_address(const std::string& host) {
    in6_addr address{};
    return inet_pton(AF_INET, host.c_str(), &address) == 1 || inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

/// "host", "host:port" or "[v6]:port" without the port and the brackets; none when it is none of these.
std::optional<std::string> host_of(std::string_view authority) {
    std::string_view host = authority;
    std::string_view rest;
    if (authority.starts_with('[')) {
        const auto end = authority.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        host = authority.substr(1, end - 1);
        rest = authority.substr(end + 1);
    } else if (const auto colon = authority.find(':'); colon != std::string_view::npos) {
        host = authority.substr(0, colon);
        rest = authority.substr(colon);
    }
    if (host.empty() || host.find_first_of("@/?#, \t") != std::string_view::npos) return std::nullopt;
    if (!rest.empty() && (rest.front() != ':' || rest.find_first_not_of("0123456789", 1) != std::string_view::npos))
        return std::nullopt;
    return lower(host);
}

std::string_view authority_of(std::string_view origin) {
    const auto scheme_end = origin.find("://");
    return scheme_end == std::string_view::npos ? std::string_view{} : origin.substr(scheme_end + 3);
}

} // namespace

Guard::Guard(std::string_view host, std::uint16_t port, const std::vector<std::string>& allowed_origins,
             const std::vector<std::string>& allowed_hosts)
    : names_{"localhost", "127.0.0.1", "::1"}
    , any_address_(is_any_address(host)) {
    if (!any_address_) names_.push_back(lower(host));
    for (const auto& name : names_) {
        const auto shown = name.contains(':') ? "[" + name + "]" : name;
        for (const auto* scheme : {"http", "https"})
            origins_.push_back(fmt::format("{}://{}:{}", scheme, shown, port));
        if (port == 80) origins_.push_back("http://" + shown);
        if (port == 443) origins_.push_back("https://" + shown);
    }
    for (const auto& allowed : allowed_hosts)
        names_.push_back(host_of(allowed).value_or(lower(allowed))); // an IPv6 address may come without brackets
    for (const auto& origin : allowed_origins) {
        auto text = lower(origin);
        if (text.ends_with('/')) text.pop_back();
        if (const auto name = host_of(authority_of(text))) names_.push_back(*name);
        origins_.push_back(std::move(text));
    }
}

bool Guard::host_allowed(std::string_view host) const {
    const auto name = host_of(host);
    if (!name) return false;
    return std::ranges::find(names_, *name) != names_.end() || (any_address_ && is_address(*name));
}

bool Guard::origin_allowed(std::string_view origin) const {
    return std::ranges::find(origins_, lower(origin)) != origins_.end();
}

std::optional<std::string_view> Guard::objection(const http::Visit& visit) const {
    const auto host = visit.header("host");
    if (!host || visit.header_count("host") != 1 || !host_allowed(*host)) return "Forbidden: invalid Host header";
    const auto origin = visit.header("origin");
    if (origin && (visit.header_count("origin") != 1 || !origin_allowed(*origin)))
        return "Forbidden: invalid Origin header";
    return std::nullopt;
}

std::string Guard::cors_fields(const http::Visit& visit) const {
    const auto origin = visit.header("origin");
    if (!origin || !origin_allowed(*origin)) return {};
    return fmt::format("Access-Control-Allow-Origin: {}\r\nVary: Origin\r\n"
                       "Access-Control-Expose-Headers: Mcp-Session-Id, WWW-Authenticate\r\n",
                       *origin);
}

} // namespace thv::proxy
