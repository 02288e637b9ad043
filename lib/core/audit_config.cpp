// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/audit_config.hpp"

#include "core/error.hpp"
#include "core/json.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <ranges>
#include <utility>

namespace thv {

namespace {

constexpr std::array<std::string_view, 7> known_fields{
    "enabled", "component", "eventTypes", "excludeEventTypes", "logFile", "maxDataSize", "detectApplicationErrors"};

/// Upstream's words for kinds of requests, as far as the proxies of servers have them, and their methods.
constexpr std::array<std::pair<std::string_view, std::string_view>, 14> known_kinds{
    {{"mcp_initialize", "initialize"},
     {"mcp_tool_call", "tools/call"},
     {"mcp_tools_list", "tools/list"},
     {"mcp_resource_read", "resources/read"},
     {"mcp_resources_list", "resources/list"},
     {"mcp_prompt_get", "prompts/get"},
     {"mcp_prompts_list", "prompts/list"},
     {"mcp_ping", "ping"},
     {"mcp_logging", "logging/setLevel"},
     {"mcp_completion", "completion/complete"},
     {"mcp_notification", {}},
     {"mcp_request", {}},
     {"http_request", {}},
     {"mcp_roots_list_changed", {}}}};

[[noreturn]] void refuse(std::string_view where, std::string_view what, std::string hint) {
    throw Error{Fault::unsupported, fmt::format("{}: {} is not available in this version of thv", where, what)}.hint(
        std::move(hint));
}

std::vector<std::string> kinds_in(const Fields& fields, std::string_view field, std::string_view where) {
    const auto known = known_kinds | std::views::keys;
    auto kinds = fields.texts(field);
    for (const auto& kind : kinds)
        if (std::ranges::find(known, kind) == known.end())
            throw Error{Fault::usage, fmt::format("{}: there is no event type '{}'", where, kind)}.hint(
                fmt::format("there are {}", fmt::join(known, ", ")));
    return kinds;
}

} // namespace

std::string_view audit_kind(std::string_view method) {
    const auto* const found = std::ranges::find(known_kinds, method, [](const auto& kind) { return kind.second; });
    return method.empty() || found == known_kinds.end() ? "mcp_request" : found->first;
}

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
