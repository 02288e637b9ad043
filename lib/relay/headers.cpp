// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "relay/headers.hpp"

#include "core/base64.hpp"
#include "core/error.hpp"
#include "core/json.hpp"

#include <algorithm>

namespace thv::relay {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view revision_key = "io.modelcontextprotocol/protocolVersion";
constexpr std::size_t most_tools = 10'000;
constexpr std::size_t most_parameters = 64;
constexpr std::size_t deepest = 16;

std::string text_of(std::string_view object, std::string_view key) {
    return mcp::unquote(mcp::member(object, key)).value_or("");
}

bool is_token(std::string_view text) {
    const auto fine = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view{"!#$%&'*+-.^_`|~"}.contains(c);
    };
    return !text.empty() && std::ranges::all_of(text, fine);
}

/// A string's text, or the number or boolean as it is written; none for null and everything else.
std::optional<std::string> scalar_text(std::string_view json) {
    if (json.empty() || json.front() == '{' || json.front() == '[' || json == "null") return std::nullopt;
    if (json.front() == '"') return mcp::unquote(json);
    return std::string{json};
}

} // namespace

std::optional<std::string> own_revision(const mcp::Message& message) {
    return mcp::unquote(mcp::member(mcp::member(message.params, "_meta"), revision_key));
}

std::string header_value(std::string_view text) {
    const bool plain = std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
    const bool edges = !text.empty() && (text.front() == ' ' || text.back() == ' ');
    const bool marked = text.starts_with("=?base64?") && text.ends_with("?=");
    if (plain && !edges && !marked) return std::string{text};
    return "=?base64?" + base64_encode(text) + "?=";
}

void MirrorHeaders::learn(std::string_view result) {
    const auto list = mcp::member(result, "tools");
    if (list.empty()) return;
    Json tools;
    try {
        tools = parse_json(list, "tools", {.bytes = 64U << 20U, .depth = 64, .members = 4096});
    } catch (const Error&) {
        return; // the client gets the list all the same, and may make more of it
    }
    if (!tools.is_array()) return;
    for (const auto& tool : tools) {
        if (!tool.is_object() || !tool.contains("name") || !tool["name"].is_string()) continue;
        auto& known = tools_[tool["name"].get<std::string>()];
        known.clear();
        if (tool.contains("inputSchema")) find_parameters(tool["inputSchema"].dump(), {}, known);
        if (known.empty() || tools_.size() > most_tools) tools_.erase(tool["name"].get<std::string>());
    }
}

/// Only what can be reached through `properties` counts.
void MirrorHeaders::find_parameters(std::string_view schema, const std::vector<std::string>& path,
                                    std::vector<Parameter>& found) {
    const auto properties = Json::parse(mcp::member(schema, "properties"), nullptr, false);
    if (!properties.is_object() || path.size() >= deepest) return;
    for (const auto& [key, property] : properties.items()) {
        if (!property.is_object() || found.size() >= most_parameters) continue;
        auto place = path;
        place.push_back(key);
        const auto name = property.find("x-mcp-header");
        if (name != property.end() && name->is_string() && is_token(name->get<std::string>()))
            found.push_back({"Mcp-Param-" + name->get<std::string>(), place});
        find_parameters(property.dump(), place, found);
    }
}

http::Headers MirrorHeaders::of(const mcp::Message& message) const {
    http::Headers headers;
    const auto method = std::string{message.method_name};
    headers.emplace_back("Mcp-Method", header_value(method));
    const bool named = method == "tools/call" || method == "prompts/get";
    const auto name = text_of(message.params, method == "resources/read" ? "uri" : "name");
    if (named || method == "resources/read") headers.emplace_back("Mcp-Name", header_value(name));
    const auto tool = method == "tools/call" ? tools_.find(name) : tools_.end();
    if (tool == tools_.end()) return headers;
    for (const auto& parameter : tool->second) {
        auto value = mcp::member(message.params, "arguments");
        for (const auto& key : parameter.path)
            value = mcp::member(value, key);
        if (const auto text = scalar_text(value)) headers.emplace_back(parameter.header, header_value(*text));
    }
    return headers;
}

} // namespace thv::relay
