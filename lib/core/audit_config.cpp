// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/audit_config.hpp"

#include "core/error.hpp"
#include "core/json.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace thv {

namespace {

constexpr std::array<std::string_view, 7> known_fields{
    "enabled", "component", "eventTypes", "excludeEventTypes", "logFile", "maxDataSize", "detectApplicationErrors"};

/// Upstream's words for kinds of requests, as far as the proxies of servers have them.
constexpr std::array<std::string_view, 14> known_kinds{
    "mcp_initialize",   "mcp_tool_call",    "mcp_tools_list", "mcp_resource_read",     "mcp_resources_list",
    "mcp_prompt_get",   "mcp_prompts_list", "mcp_ping",       "mcp_logging",           "mcp_completion",
    "mcp_notification", "mcp_request",      "http_request",   "mcp_roots_list_changed"};

[[noreturn]] void refuse(std::string_view where, std::string_view what, std::string hint) {
    throw Error{Fault::unsupported, fmt::format("{}: {} is not available in this version of thv", where, what)}.hint(
        std::move(hint));
}

std::vector<std::string> kinds_in(const Fields& fields, std::string_view field, std::string_view where) {
    auto kinds = fields.texts(field);
    for (const auto& kind : kinds)
        if (std::ranges::find(known_kinds, kind) == known_kinds.end())
            throw Error{Fault::usage, fmt::format("{}: there is no event type '{}'", where, kind)}.hint(
                fmt::format("there are {}", fmt::join(known_kinds, ", ")));
    return kinds;
}

} // namespace

AuditConfig audit_from(const nlohmann::ordered_json& document, std::string_view where) {
    const Fields fields{document, where};
    for (const auto* data : {"includeRequestData", "includeResponseData"})
        if (fields.flag(data))
            refuse(where, fmt::format("'{}'", data),
                   "what clients send and get may be secret, and is not written down");
    if (fields.find("detectApplicationErrors") != nullptr && !fields.flag("detectApplicationErrors"))
        refuse(where, "'detectApplicationErrors' without being true", "how a call ended is always told; leave it out");
    for (const auto& [name, item] : document.items()) {
        const bool off = item.is_null() || item == false;
        if (!off && std::ranges::find(known_fields, name) == known_fields.end())
            refuse(where, fmt::format("'{}'", name), fmt::format("known are {}", fmt::join(known_fields, ", ")));
    }
    static_cast<void>(fields.text("logFile")); // GatewayConfig has it
    return {.component = fields.text("component"),
            .kinds = kinds_in(fields, "eventTypes", where),
            .excluded_kinds = kinds_in(fields, "excludeEventTypes", where)};
}

} // namespace thv
