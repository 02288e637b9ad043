// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "http/proxy.hpp"

#include "core/base64.hpp"
#include "core/text.hpp"
#include "http/url.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <fmt/format.h>

#include <string>

namespace thv::http {

namespace {

namespace ip = boost::asio::ip;
using boost::system::error_code;

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t");
    return begin == std::string_view::npos ? std::string_view{}
                                           : text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::optional<ip::address> address_in(std::string_view text) {
    error_code failure;
    auto address = ip::make_address(std::string{text}, failure);
    if (failure) return std::nullopt;
    if (address.is_v6() && address.to_v6().is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, address.to_v6());
    return address;
}

/// Whether `address` is in "10.0.0.0/8" or "fd00::/8".
bool in_range(const ip::address& address, const std::string& range) {
    error_code failure;
    if (address.is_v4()) {
        const auto network = ip::make_network_v4(range, failure);
        return !failure && ip::network_v4{address.to_v4(), network.prefix_length()}.canonical() == network.canonical();
    }
    const auto network = ip::make_network_v6(range, failure);
    return !failure && ip::network_v6{address.to_v6(), network.prefix_length()}.canonical() == network.canonical();
}

/// Takes ":port" off an entry. False when it has one, but not that of the server.
bool port_fits(std::string& entry, std::uint16_t port) {
    const bool bare_v6 = entry.find(':') != entry.rfind(':') && !entry.starts_with('[');
    const auto colon = bare_v6 ? std::string::npos : entry.find(':', entry.starts_with('[') ? entry.find(']') : 0);
    const bool fits = colon == std::string::npos || entry.substr(colon + 1) == std::to_string(port);
    entry.resize(std::min(colon, entry.size()));
    if (entry.starts_with('[') && entry.ends_with(']')) entry = entry.substr(1, entry.size() - 2);
    return fits;
}

bool listed(std::string entry, const std::string& host, std::uint16_t port) {
    if (entry == "*") return true;
    const auto address = address_in(host);
    if (entry.find('/') != std::string::npos) return address && in_range(*address, entry);
    if (!port_fits(entry, port) || entry.empty()) return false;
    if (const auto other = address_in(entry)) return address == other;
    if (entry.starts_with("*.")) entry.erase(0, 1);
    if (entry.starts_with('.')) return host.ends_with(entry);
    return host == entry || host.ends_with("." + entry);
}

bool goes_direct(const Environment& environment, const std::string& host, std::uint16_t port) {
    if (host == "localhost") return true;
    if (const auto address = address_in(host); address && address->is_loopback()) return true;
    const auto value = environment.get("NO_PROXY").value_or(environment.get_or("no_proxy", ""));
    std::string_view list{value};
    while (!list.empty()) {
        const auto end = std::min(list.find(','), list.size());
        if (listed(lower(trimmed(list.substr(0, end))), host, port)) return true;
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return false;
}

} // namespace

HttpProxy proxy_from_url(std::string_view text) {
    const bool bare = text.find("://") == std::string_view::npos;
    const auto url = parse_url(bare ? "http://" + std::string{text} : std::string{text});
    if (!url) throw url.error().within("the proxy's URL");
    if (url->scheme != "http")
        throw Error{Fault::unsupported, fmt::format("proxies of the kind {}:// cannot be used", url->scheme)}.hint(
            "use a proxy whose URL begins with http://");
    HttpProxy proxy{.host = url->host, .port = url->port == 0 ? std::uint16_t{80} : url->port};
    if (url->has_user) proxy.authorization = "Basic " + base64_encode(url->user + ":" + url->password);
    return proxy;
}

std::optional<HttpProxy> proxy_from_environment(const Environment& environment, bool tls, std::string_view host,
                                                std::uint16_t port) {
    const auto* const upper = tls ? "HTTPS_PROXY" : "HTTP_PROXY";
    const auto* const small = tls ? "https_proxy" : "http_proxy";
    const auto url = environment.get(upper).value_or(environment.get_or(small, ""));
    auto name = lower(host);
    if (name.ends_with('.')) name.pop_back();
    if (url.empty() || goes_direct(environment, name, port)) return std::nullopt;
    return proxy_from_url(url);
}

} // namespace thv::http
