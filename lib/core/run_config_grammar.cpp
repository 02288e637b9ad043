// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/run_config.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

namespace thv {
namespace {

constexpr int highest_port = 65535;

/// 0 for what is not a port.
int port_of(std::string_view text) {
    int port = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
    const bool whole = failure == std::errc{} && end == text.data() + text.size();
    return whole && port > 0 && port <= highest_port ? port : 0;
}

/// "/a/b/" and "/a/./b" become "/a/b".
std::string clean(const std::filesystem::path& path) {
    auto text = path.lexically_normal().string();
    if (text.size() > 1 && text.ends_with('/')) text.pop_back();
    return text;
}

/// The escaped path of a URL, without query and fragment; "" for none and for "/".
std::string_view url_path(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
    url = url.substr(0, url.find_first_of("?#"));
    const auto slash = url.find('/');
    const auto path = slash == std::string_view::npos ? std::string_view{} : url.substr(slash);
    return path == "/" ? std::string_view{} : path;
}

std::string reachable_host(std::string_view host) {
    if (host.empty() || host == "0.0.0.0" || host == "::" || host == "localhost") return "127.0.0.1";
    return host.contains(':') ? fmt::format("[{}]", host) : std::string{host};
}

} // namespace

std::string_view to_string(Transport transport) {
    switch (transport) {
    case Transport::stdio:
        return "stdio";
    case Transport::sse:
        return "sse";
    case Transport::streamable_http:
        return "streamable-http";
    }
    return "";
}

std::string_view to_string(ProxyMode mode) {
    return mode == ProxyMode::sse ? "sse" : "streamable-http";
}

std::string_view to_string(StdioPath path) {
    switch (path) {
    case StdioPath::automatic:
        return "auto";
    case StdioPath::attach:
        return "attach";
    case StdioPath::direct:
        return "direct";
    }
    return "";
}

Result<StdioPath> parse_stdio_path(std::string_view text) {
    for (const auto path : {StdioPath::automatic, StdioPath::attach, StdioPath::direct}) {
        if (text == to_string(path)) return path;
    }
    return fail(Fault::usage, fmt::format("'{}' is not a way of stdio", text), "use auto, attach or direct");
}

std::string_view to_string(Isolation isolation) {
    return isolation == Isolation::shared ? "shared" : "per-session";
}

Result<Isolation> parse_isolation(std::string_view text) {
    for (const auto isolation : {Isolation::shared, Isolation::per_session})
        if (text == to_string(isolation)) return isolation;
    return fail(Fault::usage, fmt::format("'{}' is not an isolation of sessions", text), "use shared or per-session");
}

Result<Transport> parse_transport(std::string_view text) {
    const auto word = text == "STDIO" || text == "SSE" || text == "STREAMABLE-HTTP" ? lower(text) : std::string{text};
    for (const auto transport : {Transport::stdio, Transport::sse, Transport::streamable_http}) {
        if (word == to_string(transport)) return transport;
    }
    return fail(Fault::usage, fmt::format("'{}' is not a transport", text), "use stdio, sse or streamable-http");
}

Result<ProxyMode> parse_proxy_mode(std::string_view text) {
    for (const auto mode : {ProxyMode::sse, ProxyMode::streamable_http}) {
        if (text == to_string(mode)) return mode;
    }
    return fail(Fault::usage, fmt::format("'{}' is not a proxy mode", text), "use sse or streamable-http");
}

Result<PortMapping> parse_publish(std::string_view text) {
    const auto colon = text.find(':');
    const bool both = colon != std::string_view::npos;
    PortMapping mapping;
    if (both) mapping.host = port_of(text.substr(0, colon));
    mapping.container = port_of(both ? text.substr(colon + 1) : text);
    if (mapping.container != 0 && (!both || mapping.host != 0)) return mapping;
    return fail(Fault::usage, fmt::format("'{}' is not a port to publish", text),
                fmt::format("use HOST:CONTAINER or CONTAINER, ports from 1 to {}", highest_port));
}

Result<Mount> parse_volume(std::string_view text, std::string_view cwd) {
    const auto wrong = [text](std::string_view why) {
        return fail(Fault::usage, fmt::format("'{}' is not a volume: {}", text, why), "use SOURCE:TARGET[:ro|:rw]");
    };
    if (text.find_first_of(std::string_view{"\0\n", 2}) != std::string_view::npos) {
        return fail(Fault::usage, "a volume must not contain a NUL or a newline");
    }
    const auto first = text.find(':');
    if (first == std::string_view::npos) return wrong("it names no target");
    const auto source = text.substr(0, first);
    const auto rest = text.substr(first + 1);
    const auto second = rest.find(':');
    const auto target = rest.substr(0, second);
    const auto mode = second == std::string_view::npos ? std::string_view{"rw"} : rest.substr(second + 1);
    if (mode != "ro" && mode != "rw") return wrong("after the target only 'ro' or 'rw' may follow");
    if (source.empty()) return wrong("its source is empty");
    if (!target.starts_with('/')) return wrong("its target is not an absolute path");
    Mount mount{
        .source = clean(std::filesystem::path{cwd} / source), .target = clean(target), .read_only = mode == "ro"};
    if (mount.target == "/") return wrong("its target is the container's root");
    return mount;
}

std::string workload_url(const RunConfig& config) {
    const bool sse = config.proxy_mode == ProxyMode::sse;
    std::string_view path = sse ? "/sse" : "/mcp";
    if (!config.remote_url.empty()) {
        const auto remote = url_path(config.remote_url);
        if (!remote.empty() || !sse) path = remote;
    }
    const auto base = fmt::format("http://{}:{}{}", reachable_host(config.host), config.port, path);
    return sse ? fmt::format("{}#{}", base, key(config)) : base;
}

} // namespace thv
