// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "remote/access.hpp"

#include "core/json.hpp"
#include "core/run_config_defaults.hpp"
#include "core/text.hpp"
#include "io/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace thv::remote {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view bearer_suffix = ",target=bearer_token";
constexpr std::size_t longest_token = 64U << 10U;

/// What upstream knows and we do not: its presence means that the server wants it.
constexpr std::array unknown_ways{
    "client_id", "client_secret",    "client_secret_file",      "issuer", "authorize_url", "token_url", "oauth_params",
    "scopes",    "scope_param_name", "cached_refresh_token_ref"};

void read_auth(Access& access, const Json& auth, const std::string& where) {
    const Fields fields{auth, where};
    for (const auto* way : unknown_ways) {
        const auto* value = fields.find(way);
        const bool blank = value != nullptr && value->is_string() && value->get_ref<const std::string&>().empty();
        if (value == nullptr || value->empty() || blank) continue;
        throw Error{Fault::unsupported, fmt::format("{}: '{}' is not available in this version of thv", where, way)}
            .hint("a bearer token (--remote-bearer-secret) or a header (--remote-header) is");
    }
    access.bearer_file = fields.text("bearer_token_file");
    const auto token = fields.text("bearer_token");
    if (token.empty()) return;
    if (!token.ends_with(bearer_suffix) || token.size() == bearer_suffix.size())
        fields.wrong("bearer_token", "the name of a secret, as NAME,target=bearer_token");
    access.bearer_secret = token.substr(0, token.size() - bearer_suffix.size());
}

/// Files and variables often end with a line break that is no part of the secret.
std::string trimmed(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
        text.pop_back();
    return text;
}

void add(http::Headers& headers, const std::string& name, std::string value, const std::string& whose) {
    const auto odd = [](unsigned char byte) { return byte < ' ' || byte == 0x7f; };
    if (value.empty() || std::ranges::any_of(value, odd))
        throw Error{Fault::usage, fmt::format("{} is empty or holds characters that no header may have", whose)};
    headers.emplace_back(name, std::move(value));
}

std::string token_of(const std::string& file) {
    const auto text = read_file(file, longest_token);
    if (!text) throw Error{Fault::usage, fmt::format("there is no file '{}' with a bearer token", file)};
    return trimmed(*text);
}

} // namespace

void check_header(const std::string& name) {
    constexpr std::array<std::string_view, 14> ours{
        "accept",     "connection", "content-length",       "content-type",   "cookie",        "expect", "host",
        "keep-alive", "origin",     "mcp-protocol-version", "mcp-session-id", "last-event-id", "te",     "upgrade"};
    const auto key = lower(name);
    const auto fine = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || std::string_view{"!#$%&'*+-.^_`|~"}.contains(c);
    };
    if (name.empty() || !std::ranges::all_of(key, fine))
        throw Error{Fault::usage, fmt::format("'{}' is no name of a header", name)};
    const bool hop = key.starts_with("proxy-") || key.starts_with("transfer-") || key.starts_with("mcp-");
    if (hop || std::ranges::find(ours, key) != ours.end())
        throw Error{Fault::usage, fmt::format("the header '{}' is set by the proxy itself", name)};
}

Access access_of(const RunConfig& config) {
    Access access;
    const auto where = fmt::format("run config of '{}'", key(config));
    if (!config.document.is_object()) return access;
    const Fields fields{config.document, where};
    if (const auto* forward = fields.find("header_forward")) {
        const auto inside = where + ": header_forward";
        const Fields inner{*forward, inside};
        access.headers = inner.table("add_plaintext_headers");
        access.secret_headers = inner.table("add_headers_from_secret");
    }
    for (const auto* headers : {&access.headers, &access.secret_headers})
        for (const auto& [name, value] : *headers)
            check_header(name);
    if (const auto* auth = fields.find("remote_auth_config")) read_auth(access, *auth, where + ": remote_auth_config");
    access.ca_file = fields.text("thv_ca_bundle");
    return access;
}

void put(RunConfig& config, const Access& access) {
    say_defaults(config);
    auto& document = config.document;
    if (!access.headers.empty()) document["header_forward"]["add_plaintext_headers"] = access.headers;
    if (!access.secret_headers.empty()) document["header_forward"]["add_headers_from_secret"] = access.secret_headers;
    if (!access.ca_file.empty()) document["thv_ca_bundle"] = access.ca_file;
    if (access.bearer_secret.empty() && access.bearer_file.empty()) return;
    auto& auth = document["remote_auth_config"];
    auth["use_pkce"] = false;
    if (!access.bearer_secret.empty()) auth["bearer_token"] = access.bearer_secret + std::string{bearer_suffix};
    if (!access.bearer_file.empty()) auth["bearer_token_file"] = access.bearer_file;
    // Upstream always writes these; it is its zero time.
    for (const auto* expiry : {"cached_token_expiry", "cached_secret_expiry"})
        auth[expiry] = "0001-01-01T00:00:00Z";
}

namespace {

std::vector<std::string> names_of(const Access& access) {
    std::vector<std::string> names;
    names.reserve(access.secret_headers.size() + 1);
    for (const auto& [header, name] : access.secret_headers)
        names.push_back(name);
    if (!access.bearer_secret.empty()) names.push_back(access.bearer_secret);
    return names;
}

} // namespace

std::vector<std::string> secret_names(const RunConfig& config) {
    std::vector<std::string> names;
    names.reserve(config.secrets.size());
    for (const auto& text : config.secrets)
        names.push_back(value_or_throw(parse_secret_use(text)).name);
    if (!config.remote_url.empty())
        for (auto& name : names_of(access_of(config)))
            names.push_back(std::move(name));
    std::ranges::sort(names);
    names.erase(std::ranges::unique(names).begin(), names.end());
    return names;
}

Server server_of(const RunConfig& config, const Environment& environment, secrets::Values& values) {
    const auto access = access_of(config);
    const auto ca_file = access.ca_file.empty() ? std::nullopt : std::optional{access.ca_file};
    Server server{.address = http::reach(config.remote_url, ca_file, environment),
                  .credentials = {},
                  .transport = config.transport};
    if (config.transport == Transport::stdio)
        throw Error{Fault::usage, "a remote server speaks sse or streamable-http, not stdio"};
    for (const auto& [name, value] : access.headers)
        add(server.credentials, name, value, fmt::format("the value of the header '{}'", name));
    const auto secret = values.values(names_of(access)); // of them all at once: they may have to be decrypted
    for (const auto& [name, source] : access.secret_headers)
        add(server.credentials, name, trimmed(secret.at(source)), fmt::format("the secret '{}'", source));
    std::string token;
    if (!access.bearer_file.empty()) token = token_of(access.bearer_file);
    if (!access.bearer_secret.empty()) token = trimmed(secret.at(access.bearer_secret));
    if (access.bearer_secret.empty() && access.bearer_file.empty()) return server;
    if (http::find_header(server.credentials, "authorization") != nullptr)
        throw Error{Fault::usage, "a bearer token and the header 'Authorization' exclude each other"};
    if (token.empty()) throw Error{Fault::usage, "the bearer token is empty"};
    add(server.credentials, "Authorization", "Bearer " + token, "the bearer token");
    return server;
}

std::string shown_url(const std::string& url) {
    return url.substr(0, url.find_first_of("?#"));
}

} // namespace thv::remote
