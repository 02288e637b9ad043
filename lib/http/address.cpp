// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "http/address.hpp"

#include "core/text.hpp"
#include "http/proxy.hpp"
#include "http/tls.hpp"
#include "http/url.hpp"
#include "io/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <vector>

namespace thv::http {

namespace {

constexpr std::uint16_t http_port = 80;
constexpr std::uint16_t https_port = 443;

/// Which server an endpoint is, however it is reached.
std::tuple<bool, std::string, std::uint16_t> server_of(const Endpoint& endpoint) {
    if (const auto* tls = std::get_if<TlsEndpoint>(&endpoint)) return {true, tls->host, tls->port};
    if (const auto* tcp = std::get_if<TcpEndpoint>(&endpoint)) return {false, tcp->host, tcp->port};
    return {false, std::get<UnixEndpoint>(endpoint).path, 0};
}

bool has_scheme(std::string_view reference) {
    const auto colon = reference.find(':');
    return colon != std::string_view::npos && colon < reference.find_first_of("/?#");
}

/// A path that begins with '/', and its query, as clients ask for it (RFC 3986, 5.2.4).
std::string without_dot_segments(std::string_view target) {
    const auto query = std::min(target.find('?'), target.size());
    std::vector<std::string_view> segments;
    bool folder = false; // the last one names what is in it
    for (auto rest = target.substr(0, query); !rest.empty();) {
        rest.remove_prefix(1); // the slash
        const auto segment = rest.substr(0, rest.find('/'));
        rest.remove_prefix(segment.size());
        folder = segment == "." || segment == "..";
        if (segment == ".." && !segments.empty()) segments.pop_back();
        if (!folder) segments.push_back(segment);
    }
    std::string path;
    for (const auto segment : segments)
        path.append("/").append(segment);
    if (folder || path.empty()) path += '/';
    return path.append(target.substr(query));
}

} // namespace

Result<Address> parse_address(std::string_view url) {
    auto parts = parse_url(url);
    if (!parts) return std::unexpected{parts.error()};
    if (parts->scheme != "http" && parts->scheme != "https")
        return fail(Fault::usage, "the URL begins with neither http:// nor https://");
    if (parts->has_user) return fail(Fault::usage, "the URL holds a user name", "leave it out of the URL");
    Address address;
    auto host = lower(std::move(parts->host));
    if (parts->scheme == "https")
        address.endpoint = TlsEndpoint{.host = std::move(host), .port = parts->port != 0 ? parts->port : https_port};
    else
        address.endpoint = TcpEndpoint{.host = std::move(host), .port = parts->port != 0 ? parts->port : http_port};
    address.target = parts->path.empty() ? "/" : std::move(parts->path);
    if (!parts->query.empty()) address.target += "?" + parts->query;
    const auto printable = [](unsigned char byte) { return byte > ' ' && byte < 0x7f; };
    if (!std::ranges::all_of(address.target, printable))
        return fail(Fault::usage, "the URL holds characters that are not percent-encoded");
    return address;
}

Address reach(std::string_view url, const std::optional<std::string>& ca_file, const Environment& environment) {
    auto address = value_or_throw(parse_address(url));
    auto* const tls = std::get_if<TlsEndpoint>(&address.endpoint);
    if (tls == nullptr) return address;
    tls->proxy = proxy_from_environment(environment, true, tls->host, tls->port);
    if (!ca_file) return address;
    auto authorities = read_file(*ca_file, 4U << 20U);
    if (!authorities) throw Error{Fault::usage, fmt::format("there is no file '{}'", *ca_file)};
    try {
        tls->tls = make_tls({.authorities = std::move(authorities)});
    } catch (const Error& error) {
        throw error.within(*ca_file);
    }
    return address;
}

std::optional<Address> resolve(const Address& base, std::string_view reference) {
    reference = reference.substr(0, reference.find('#'));
    if (reference.empty()) return base;
    const bool tls = std::holds_alternative<TlsEndpoint>(base.endpoint);
    if (has_scheme(reference) || reference.starts_with("//")) {
        const auto url =
            reference.starts_with("//") ? (tls ? "https:" : "http:") + std::string{reference} : std::string{reference};
        const auto parsed = parse_address(url);
        if (!parsed || server_of(parsed->endpoint) != server_of(base.endpoint)) return std::nullopt;
        return Address{.endpoint = base.endpoint, .target = parsed->target};
    }
    const auto path = base.target.substr(0, base.target.find('?'));
    Address found{.endpoint = base.endpoint, .target = std::string{reference}};
    if (reference.starts_with('?'))
        found.target.insert(0, path);
    else if (!reference.starts_with('/'))
        found.target.insert(0, path.substr(0, path.rfind('/') + 1));
    const auto printable = [](unsigned char byte) { return byte > ' ' && byte < 0x7f; };
    if (!std::ranges::all_of(found.target, printable)) return std::nullopt;
    found.target = without_dot_segments(found.target);
    return found;
}

} // namespace thv::http
