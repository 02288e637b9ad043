// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/remote_flags.hpp"

#include "http/url.hpp"
#include "thv/run_flags.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace thv::commands {

namespace {

/// NAME=VALUE pairs; the value is never quoted, it may be what it should not be: a secret.
std::map<std::string, std::string> pairs(std::string_view flag, const std::vector<std::string>& texts,
                                         std::string_view form) {
    std::map<std::string, std::string> found;
    for (const auto& text : texts) {
        const auto equals = text.find('=');
        if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
            throw Error{Fault::usage, fmt::format("{} takes {}", flag, form)};
        const auto name = text.substr(0, equals);
        try {
            remote::check_header(name);
        } catch (const Error& error) {
            throw error.within(flag);
        }
        found[name] = text.substr(equals + 1);
    }
    return found;
}

std::string absolute(const std::filesystem::path& cwd, const std::string& file) {
    return (cwd / file).lexically_normal().string();
}

bool is_address(const std::string& host) {
    in6_addr address{};
    return ::inet_pton(AF_INET, host.c_str(), &address) == 1 || host.contains(':');
}

} // namespace

void RemoteFlags::declare(cli::Args& args) {
    using cli::Completer;
    args.option("--remote-header,--remote-forward-headers-secret", secret_headers,
                "send a remote server a header whose value is a secret; repeat for more")
        .placeholder("NAME=SECRET");
    args.option("--remote-forward-headers", headers, "send a remote server a header that is no secret; repeat for more")
        .placeholder("NAME=VALUE");
    args.option("--remote-bearer-secret", bearer_secret, "the secret that is the bearer token for a remote server")
        .placeholder("SECRET");
    args.option("--remote-auth-bearer-token-file", bearer_file, "the file with the bearer token, read at each start")
        .placeholder("FILE")
        .completes(Completer::file);
    args.option("--ca-cert,--thv-ca-bundle", ca_file,
                "trust a remote server of these authorities (PEM) instead of the system's")
        .placeholder("FILE")
        .completes(Completer::file);
}

remote::Access RemoteFlags::access(const std::filesystem::path& cwd) const {
    remote::Access access;
    access.secret_headers = pairs("--remote-header", secret_headers, "NAME=SECRET");
    access.headers = pairs("--remote-forward-headers", headers, "NAME=VALUE");
    access.bearer_secret = bearer_secret.value_or("");
    if (bearer_file) access.bearer_file = absolute(cwd, *bearer_file);
    if (ca_file) access.ca_file = absolute(cwd, *ca_file);
    return access;
}

void check_remote(const RunFlags& flags) {
    RunFlags allowed;
    allowed.image = flags.image;
    allowed.name = flags.name;
    allowed.group = flags.group;
    allowed.transport = flags.transport;
    allowed.proxy_mode = flags.proxy_mode;
    allowed.host = flags.host;
    allowed.proxy_port = flags.proxy_port;
    allowed.labels = flags.labels;
    allowed.session_ttl = flags.session_ttl;
    allowed.allowed_origins = flags.allowed_origins;
    allowed.gate = flags.gate;
    allowed.remote = flags.remote;
    if (flags != allowed)
        throw Error{Fault::usage, "a remote server goes with no arguments, and no flags for a container"}.hint(
            "what it needs is given by --remote-header and its like; see 'thv run --help'");
    if (value_or_throw(parse_transport(flags.transport.value_or("streamable-http"))) == Transport::stdio)
        throw Error{Fault::usage, "--transport stdio does not go with a remote server"}.hint(
            "it speaks streamable-http or sse");
}

bool is_remote_url(std::string_view text) {
    return text.starts_with("http://") || text.starts_with("https://");
}

void check_remote_url(const std::string& url) {
    const auto address = http::parse_address(url);
    if (address) return;
    throw Error{address.error().within("the remote server")}.hint("write https://HOST/PATH");
}

std::string name_from_url(const std::string& url) {
    const auto parts = value_or_throw(http::parse_url(url));
    auto name = parts.host;
    const auto last = name.rfind('.');
    if (!is_address(name) && last != std::string::npos && last > 0) {
        const auto before = name.rfind('.', last - 1);
        name = name.substr(before == std::string::npos ? 0 : before + 1,
                           last - (before == std::string::npos ? 0 : before + 1));
    }
    std::ranges::replace_if(name, [](char c) { return c == '.' || c == ':'; }, '-');
    return name;
}

std::string authority_of_url(const std::string& url) {
    const auto parts = value_or_throw(http::parse_url(url));
    const auto host = parts.host.contains(':') ? "[" + parts.host + "]" : parts.host;
    return parts.port == 0 ? host : fmt::format("{}:{}", host, parts.port);
}

} // namespace thv::commands
