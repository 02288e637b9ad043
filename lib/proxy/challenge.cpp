// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/challenge.hpp"

#include "core/text.hpp"
#include "mcp/jsonrpc.hpp"
#include "proxy/guard.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

namespace thv::proxy {

namespace {

constexpr std::string_view well_known = "/.well-known/oauth-protected-resource";

std::string json_list(const std::vector<std::string>& items) {
    std::vector<std::string> quoted;
    quoted.reserve(items.size());
    for (const auto& item : items)
        quoted.push_back(mcp::quote(item));
    return fmt::format("[{}]", fmt::join(quoted, ","));
}

} // namespace

std::expected<std::string_view, auth::Denial> bearer_token(const http::Visit& visit) {
    const auto value = visit.header("authorization");
    if (!value) return std::unexpected{auth::Denial{.error = "", .description = "a bearer token is needed"}};
    const auto space = value->find(' ');
    const bool bearer = space != std::string_view::npos && lower(value->substr(0, space)) == "bearer";
    if (visit.header_count("authorization") != 1 || !bearer)
        return std::unexpected{
            auth::Denial{.error = "invalid_request", .description = "one Authorization: Bearer field is needed"}};
    auto token = value->substr(space);
    while (token.starts_with(' '))
        token.remove_prefix(1);
    return token;
}

std::string resource_url(const http::Visit& visit, std::string_view configured, std::string_view endpoint) {
    if (!configured.empty()) return std::string{configured};
    return fmt::format("http://{}{}", visit.header("host").value_or("localhost"), endpoint);
}

std::string metadata_url(std::string_view resource) {
    const auto host = resource.find("://");
    auto path = host == std::string_view::npos ? host : resource.find('/', host + 3);
    path = std::min(path, resource.size());
    const auto rest = resource.substr(path);
    return fmt::format("{}{}{}", resource.substr(0, path), well_known, rest == "/" ? std::string_view{} : rest);
}

bool is_metadata_path(std::string_view path) {
    if (!path.starts_with(well_known)) return false;
    const auto rest = path.substr(well_known.size());
    return rest.empty() || rest.front() == '/';
}

std::string metadata(std::string_view resource, const auth::Authenticator& authenticator) {
    const auto scopes = authenticator.scopes();
    const auto supported = scopes.empty() ? std::string{} : fmt::format(R"(,"scopes_supported":{})", json_list(scopes));
    return fmt::format(R"({{"resource":{},"authorization_servers":{},"bearer_methods_supported":["header"]{}}})",
                       mcp::quote(resource), json_list(authenticator.issuers()), supported);
}

std::string challenge(const auth::Denial& denial, std::string_view resource, const auth::Authenticator& authenticator) {
    // A 503 is no challenge: another token would not help.
    if (denial.status == 503) return "Retry-After: 5\r\n";
    std::vector<std::string> parts;
    const auto add = [&](std::string_view name, std::string_view value) {
        if (!value.empty()) parts.push_back(fmt::format("{}=\"{}\"", name, value));
    };
    add("error", denial.error);
    if (!denial.error.empty()) add("error_description", denial.description);
    if (!authenticator.issuers().empty()) {
        add("resource_metadata", metadata_url(resource));
        add("scope", fmt::format("{}", fmt::join(authenticator.scopes(), " ")));
    }
    if (parts.empty()) add("realm", "thv");
    return fmt::format("WWW-Authenticate: Bearer {}\r\n", fmt::join(parts, ", "));
}

} // namespace thv::proxy
