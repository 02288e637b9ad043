// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/gateway_config.hpp"
#include "core/run_config.hpp"
#include "core/time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace thv {

namespace {

Result<long long> whole(std::string_view text) {
    long long value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size())
        return fail(Fault::usage, fmt::format("'{}' is not a whole number", text));
    return value;
}

Result<long long> in_unit(ProxyLimit::Unit unit, std::string_view text) {
    if (unit == ProxyLimit::Unit::bytes) return parse_memory(text);
    if (unit == ProxyLimit::Unit::count) return whole(text);
    const auto span = parse_duration(text);
    if (!span) return std::unexpected{span.error()};
    return std::chrono::duration_cast<std::chrono::nanoseconds>(*span).count();
}

} // namespace

const std::vector<ProxyLimit>& proxy_limits() {
    using enum ProxyLimit::Unit;
    static const std::vector<ProxyLimit> limits{
        {"body-bytes", bytes, "of a request"},
        {"body-rate", bytes, "a second, at least, of a request's body"},
        {"body-time", time, "for a request's body"},
        {"call-idle", time, "for a call without answer or progress"},
        {"call-total", time, "for a call"},
        {"connections", count, "in all"},
        {"connections-local", count, "from this machine"},
        {"connections-per-peer", count, "from one other machine"},
        {"header-bytes", bytes, "of a request"},
        {"header-time", time, "for a request's header"},
        {"idle-time", time, "between two requests of a connection"},
        {"in-flight", count, "calls at the server"},
        {"in-flight-per-session", count, "calls of a session at the server"},
        {"line-bytes", bytes, "of a line that the server writes to stdout"},
        {"processes", count, "of the server, where sessions are isolated"},
        {"sessions", count, "in all"},
        {"sessions-per-principal", count, "of one authenticated client"},
        {"stall-time", time, "in which a client takes nothing of what it is sent"},
        {"stream-queue", bytes, "that a client has not taken of a stream"},
        {"waiting", count, "calls until they are refused"},
        {"waiting-bytes", bytes, "of waiting calls"},
    };
    return limits;
}

Result<long long> proxy_limit_value(std::string_view name, std::string_view value) {
    const auto& all = proxy_limits();
    const auto found = std::ranges::find(all, name, &ProxyLimit::name);
    if (found == all.end()) {
        std::string names;
        for (const auto& limit : all)
            names.append(names.empty() ? "" : ", ").append(limit.name);
        return fail(Fault::usage, fmt::format("there is no limit '{}'", name), "the limits are " + names);
    }
    auto read = in_unit(found->unit, value);
    if (!read) return std::unexpected{read.error().within(name)};
    if (*read <= 0) return fail(Fault::usage, fmt::format("{}: '{}' is not more than zero", name, value));
    return read;
}

Result<std::pair<std::string, std::string>> parse_proxy_limit(std::string_view text) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos)
        return fail(Fault::usage, fmt::format("'{}' is not NAME=VALUE", text), "such as sessions=500 or call-total=1h");
    const auto name = text.substr(0, equals);
    const auto value = text.substr(equals + 1);
    if (const auto read = proxy_limit_value(name, value); !read) return std::unexpected{read.error()};
    return std::pair{std::string{name}, std::string{value}};
}

} // namespace thv
