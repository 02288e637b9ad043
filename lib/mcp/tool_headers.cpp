// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/text.hpp"
#include "mcp/modern.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

namespace thv::mcp {

using Json = nlohmann::json;

namespace {

/// A field name (RFC 9110, 5.1).
bool is_token(std::string_view text) {
    constexpr std::string_view others = "!#$%&'*+-.^_`|~";
    const auto fits = [&](char byte) {
        return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
               others.contains(byte);
    };
    return !text.empty() && std::ranges::all_of(text, fits);
}

std::optional<double> number_of(std::string_view text) {
    double value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

const Json* at(const Json& arguments, const std::vector<std::string>& path) {
    const Json* place = &arguments;
    for (const auto& step : path) {
        const auto found = place->is_object() ? place->find(step) : place->end();
        if (!place->is_object() || found == place->end()) return nullptr;
        place = &*found;
    }
    return place->is_null() ? nullptr : place;
}

bool same(const Json& value, const std::string& text) {
    if (value.is_string()) return value.get_ref<const std::string&>() == text;
    if (value.is_boolean()) return text == (value.get<bool>() ? "true" : "false");
    if (!value.is_number()) return false;
    const auto said = number_of(text);
    return said && *said == value.get<double>();
}

Complaint mismatch(std::string_view header, std::string_view what) {
    return {.code = header_mismatch, .message = fmt::format("Header mismatch: Mcp-Param-{} {}", header, what)};
}

} // namespace

/// Collects the annotations of one input schema. They may stand behind `properties` keys only.
struct SchemaWalk {
    std::vector<ToolHeaders::Place> places;
    std::set<std::string> names;
    bool valid = true;
    std::size_t expected = 0;

    void walk(const Json& schema, std::vector<std::string>& path) {
        if (!schema.is_object() || !valid) return;
        if (const auto mark = schema.find("x-mcp-header"); mark != schema.end()) note(schema, *mark, path);
        const auto properties = schema.find("properties");
        if (properties == schema.end() || !properties->is_object()) return;
        for (const auto& [name, part] : properties->items()) {
            path.push_back(name);
            walk(part, path);
            path.pop_back();
        }
    }

    void note(const Json& schema, const Json& mark, const std::vector<std::string>& path) {
        const auto type = schema.value("type", Json{});
        const bool primitive = type == "string" || type == "integer" || type == "boolean";
        valid = valid && mark.is_string() && is_token(mark.get_ref<const std::string&>()) && primitive && !path.empty();
        if (!valid) return;
        auto header = lower(mark.get_ref<const std::string&>());
        valid = names.insert(header).second;
        places.push_back({std::move(header), path, type.get<std::string>()});
    }
};

void ToolHeaders::add(std::string_view result) {
    const auto document = Json::parse(result, nullptr, false);
    const auto tools = document.is_object() ? document.find("tools") : document.end();
    if (!document.is_object() || tools == document.end() || !tools->is_array()) return;
    for (const auto& tool : *tools) {
        if (!tool.is_object() || !tool.value("name", Json{}).is_string()) continue;
        SchemaWalk walk;
        std::vector<std::string> path;
        walk.walk(tool.value("inputSchema", Json{}), path);
        auto name = tool.at("name").get<std::string>();
        tools_.erase(name);
        if (walk.valid && !walk.places.empty()) tools_.emplace(std::move(name), std::move(walk.places));
    }
}

std::optional<Complaint> ToolHeaders::complaint(std::string_view params,
                                                const std::vector<Mirrored::Parameter>& headers) const {
    const auto name = unquote(member(params, "name"));
    const auto tool = name ? tools_.find(*name) : tools_.end();
    if (tool == tools_.end()) return std::nullopt; // nothing that we know of; others pass (RFC 9110, 5.1)
    const auto raw = member(params, "arguments");
    const auto arguments = raw.empty() ? Json{} : Json::parse(raw, nullptr, false);
    for (const auto& [header, path, type] : tool->second) {
        const auto* const value = at(arguments, path);
        const auto sent = std::ranges::find(headers, header, &Mirrored::Parameter::name);
        if (value == nullptr && sent == headers.end()) continue;
        if (value == nullptr) return mismatch(header, "has no counterpart in the arguments");
        if (sent == headers.end()) return mismatch(header, "is missing");
        const auto text = header_text(sent->value);
        if (!text) return mismatch(header, "is not well encoded");
        if (!same(*value, *text)) return mismatch(header, "is not the argument in the body");
    }
    return std::nullopt;
}

} // namespace thv::mcp
