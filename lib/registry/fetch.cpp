// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "registry/fetch.hpp"

#include "http/address.hpp"
#include "http/client.hpp"
#include "http/url.hpp"
#include "io/deadline.hpp"
#include "registry/address_check.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace thv::registry {

namespace {

constexpr int most_redirections = 5;
constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

/// Without its query, which may hold a key.
std::string shown(const std::string& url) {
    return url.substr(0, url.find_first_of("?#"));
}

Error not_public(const std::string& url, const std::string& address) {
    const auto what = address.empty() ? "" : fmt::format(" ({})", address);
    return Error{Fault::denied, fmt::format("'{}' is at an address that is not public{}", shown(url), what)}.hint(
        "'thv config set-registry --allow-private-ip' allows it");
}

Task<std::vector<std::string>> addresses_of(std::string host, std::string url) {
    asio::ip::tcp::resolver resolver{co_await asio::this_coro::executor};
    const auto [failed, found] = co_await resolver.async_resolve(host, "", as_tuple);
    if (failed == asio::error::operation_aborted) throw boost::system::system_error{failed};
    if (failed) throw Error{Fault::unreachable, fmt::format("cannot find '{}': {}", shown(url), failed.message())};
    std::vector<std::string> out;
    for (const auto& entry : found)
        out.push_back(entry.endpoint().address().to_string());
    co_return out;
}

std::string host_of(const http::Endpoint& endpoint) {
    if (const auto* tls = std::get_if<http::TlsEndpoint>(&endpoint)) return tls->host;
    return std::get<http::TcpEndpoint>(endpoint).host;
}

/// What the server is to be told that it was asked as.
std::string host_header(const http::Endpoint& endpoint) {
    const auto* tls = std::get_if<http::TlsEndpoint>(&endpoint);
    const auto port = tls != nullptr ? tls->port : std::get<http::TcpEndpoint>(endpoint).port;
    const auto host = host_of(endpoint);
    if (port != (tls != nullptr ? 443 : 80)) return http::authority(host, port);
    return host.contains(':') ? "[" + host + "]" : host;
}

/// The same server at one of its addresses.
http::Endpoint at(http::Endpoint endpoint, const std::string& address) {
    if (auto* tls = std::get_if<http::TlsEndpoint>(&endpoint)) {
        if (tls->server_name.empty()) tls->server_name = tls->host;
        tls->host = address;
    } else {
        std::get<http::TcpEndpoint>(endpoint).host = address;
    }
    return endpoint;
}

/// Where to connect to. A proxy looks names up itself; then only what can be seen here is checked. A name is looked up
/// once, so that what is connected to is what was checked.
Task<std::vector<http::Endpoint>> places_of(http::Endpoint endpoint, std::string url, bool allow_private) {
    const auto host = host_of(endpoint);
    std::vector<http::Endpoint> places{endpoint};
    const auto* tls = std::get_if<http::TlsEndpoint>(&endpoint);
    // Whoever names this machine means it.
    if (is_loopback(host)) co_return places;
    if (!allow_private && is_private_address(host)) throw not_public(url, "");
    if (tls != nullptr && tls->proxy) co_return places;
    const auto addresses = co_await addresses_of(host, url);
    places.clear();
    for (const auto& address : addresses) {
        if (!allow_private && is_private_address(address)) throw not_public(url, address);
        places.push_back(at(endpoint, address));
    }
    co_return places;
}

Task<http::Response> ask_at(http::Endpoint place, std::string host, std::string target, std::size_t limit) {
    http::Request request{.target = std::move(target)};
    request.headers = {{"Host", std::move(host)}, {"Accept", "application/json"}};
    request.body_limit = limit;
    http::Client client{std::move(place), 0};
    auto response = co_await client.request(std::move(request));
    co_return response;
}

Task<http::Response> ask(std::string url, Reach reach, std::size_t limit) {
    check_url(url);
    const auto address = http::reach(url, std::nullopt, reach.environment);
    const auto places = co_await places_of(address.endpoint, url, reach.allow_private);
    const auto host = host_header(address.endpoint);
    std::optional<Error> last;
    for (const auto& place : places) {
        try {
            auto response = co_await ask_at(place, host, address.target, limit);
            co_return response;
        } catch (const Error& error) {
            if (error.fault() != Fault::unreachable) throw;
            last = error;
        }
    }
    throw last.value_or(Error{Fault::unreachable, fmt::format("'{}' has no address", shown(url))});
}

Error refused(const std::string& url, int status) {
    if (status == 401 || status == 403)
        return Error{Fault::denied, fmt::format("'{}' wants credentials (status {})", shown(url), status)}.hint(
            "registries that want a login are not supported by this version of thv");
    return Error{Fault::unreachable, fmt::format("'{}' answers with status {}", shown(url), status)};
}

/// Where a redirection leads; never from HTTPS to the clear.
std::string target_of(const std::string& url, const http::Response& response) {
    const auto* location = response.header("Location");
    if (location == nullptr) throw refused(url, response.status);
    if (location->starts_with("https://") || location->starts_with("http://")) {
        if (url.starts_with("https://") && !location->starts_with("https://"))
            throw Error{Fault::denied, fmt::format("'{}' redirects to a URL in the clear", shown(url))};
        return *location;
    }
    const auto here = value_or_throw(http::parse_address(url));
    const auto there = http::resolve(here, *location);
    if (!there) throw refused(url, response.status);
    return http::to_string(there->endpoint) + there->target;
}

Task<std::string> follow(std::string url, Reach reach, std::size_t limit) {
    for (int hop = 0; hop <= most_redirections; ++hop) {
        auto response = co_await ask(url, reach, limit);
        if (response.status == 200) co_return std::move(response.body);
        if (response.status < 300 || response.status > 399) throw refused(url, response.status);
        url = target_of(url, response);
    }
    throw Error{Fault::unreachable, fmt::format("'{}' redirects more than {} times", shown(url), most_redirections)};
}

} // namespace

void check_url(const std::string& url) {
    const auto parts = http::parse_address(url);
    if (!parts) throw parts.error().within("the registry");
    if (std::holds_alternative<http::TcpEndpoint>(parts->endpoint) && !is_loopback(host_of(parts->endpoint)))
        throw Error{Fault::usage, fmt::format("'{}' is not an https URL", shown(url))}.hint(
            "what comes in the clear can be replaced on its way; only this machine is asked by http");
}

Task<std::string> fetch(std::string url, Reach reach, std::size_t limit, Duration patience) {
    auto doing = fmt::format("asking '{}'", shown(url));
    auto asking = follow(std::move(url), std::move(reach), limit);
    auto body = co_await with_deadline(std::move(asking), patience, std::move(doing));
    co_return body;
}

} // namespace thv::registry
