// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "auth/fetch.hpp"

#include "http/client.hpp"
#include "http/proxy.hpp"
#include "http/tls.hpp"
#include "http/url.hpp"

#include <fmt/format.h>

namespace thv::auth {

namespace {

constexpr std::size_t document_limit = 1U << 20U;
constexpr std::size_t token_limit = 64U << 10U;

bool is_here(const std::string& host) {
    return host == "localhost" || host.starts_with("127.") || host == "::1";
}

http::Endpoint endpoint_of(const http::Url& url, const FetchOptions& options) {
    const bool tls = url.scheme == "https";
    const auto port = url.port != 0 ? url.port : static_cast<std::uint16_t>(tls ? 443 : 80);
    if (!tls) return http::TcpEndpoint{url.host, port};
    http::TlsEndpoint endpoint{.host = url.host, .port = port};
    endpoint.tls = options.tls;
    endpoint.proxy = http::proxy_from_environment(options.environment, true, url.host, port);
    return endpoint;
}

http::Url checked(const std::string& text, const FetchOptions& options) {
    auto url = value_or_throw(http::parse_url(text));
    if (url.has_user) throw Error{Fault::usage, "the URL of an issuer holds a password"};
    if (url.scheme == "https" || (url.scheme == "http" && (options.allow_http || is_here(url.host)))) return url;
    throw Error{Fault::usage, fmt::format("'{}' is not an https URL", text)}.hint(
        "keys that come in the clear can be replaced on their way; --oidc-insecure-allow-http takes them");
}

std::string token_in(const std::string& path) {
    auto text = read_file(path, token_limit);
    if (!text) throw Error{Fault::not_found, fmt::format("there is no token file '{}'", path)};
    while (text->ends_with('\n') || text->ends_with('\r') || text->ends_with(' '))
        text->pop_back();
    return *std::move(text);
}

Task<std::string> fetch(FetchOptions options, std::string text) {
    const auto url = checked(text, options);
    http::Request request;
    request.target = (url.path.empty() ? "/" : url.path) + (url.query.empty() ? "" : "?" + url.query);
    request.headers = {{"Accept", "application/json"}};
    if (!options.token_file.empty() && url.scheme == "https")
        request.headers.emplace_back("Authorization", "Bearer " + token_in(options.token_file));
    request.deadline = std::chrono::seconds{10};
    request.body_limit = document_limit;
    http::Client client{endpoint_of(url, options), 0};
    auto response = co_await client.request(std::move(request));
    if (response.status != 200)
        throw Error{Fault::unreachable, fmt::format("'{}' answers with status {}", text, response.status)};
    co_return std::move(response.body);
}

} // namespace

Fetch make_fetch(FetchOptions options) {
    if (!options.tls) options.tls = http::make_tls({});
    return [options = std::move(options)](std::string url) { return fetch(options, std::move(url)); };
}

} // namespace thv::auth
