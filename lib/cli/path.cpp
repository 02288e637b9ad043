// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/path.hpp"

#include "cli/template_value.hpp"
#include "core/error.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <charconv>
#include <optional>

namespace thv::cli {

namespace {

using Json = nlohmann::ordered_json;

Error bad_path(std::string_view text, std::string_view why) {
    return Error{Fault::usage, fmt::format("'{}' is no path in a document: {}", text, why)}.hint(
        "paths look like .labels.team, .tools[0].name or .labels['a.b/c']");
}

/// Takes what stands in brackets off the front of `rest`, quotes and all.
std::string_view take_bracketed(std::string_view& rest, std::string_view text) {
    const char quote = rest.size() > 1 ? rest[1] : ']';
    const bool quoted = quote == '\'' || quote == '"';
    const auto closed = quoted ? rest.find(std::string{quote} + "]", 2) : rest.find(']');
    if (closed == std::string_view::npos) throw bad_path(text, "a ']' is missing");
    const auto end = quoted ? closed + 1 : closed;
    const auto inside = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
    return inside;
}

std::optional<std::size_t> parse_index(std::string_view inside) {
    const std::string digits{inside};
    std::size_t index = 0;
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
    return failure == std::errc{} && end == digits.data() + digits.size() ? std::optional{index} : std::nullopt;
}

/// Takes a key off the front of `rest`, up to a '.' or '[' that no '\' stands before.
std::string take_key(std::string_view& rest) {
    std::string key;
    while (!rest.empty() && rest.front() != '.' && rest.front() != '[') {
        if (rest.front() == '\\' && rest.size() > 1) rest.remove_prefix(1);
        key += rest.front();
        rest.remove_prefix(1);
    }
    return key;
}

} // namespace

std::string cell_of(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Path Path::parse(std::string_view text) {
    auto rest = text;
    if (rest.starts_with('{') && rest.ends_with('}')) rest = rest.substr(1, rest.size() - 2);
    Path path;
    while (!rest.empty()) {
        if (rest.front() == '[') {
            const auto inside = take_bracketed(rest, text);
            if (inside == "*")
                path.steps_.emplace_back(Every{});
            else if (inside.starts_with('\'') || inside.starts_with('"'))
                path.steps_.emplace_back(std::string{inside.substr(1, inside.size() - 2)});
            else if (const auto index = parse_index(inside))
                path.steps_.emplace_back(*index);
            else
                throw bad_path(text, "between brackets there must be a number, a '*', or a key in quotes");
            continue;
        }
        if (rest.front() == '.') rest.remove_prefix(1);
        if (rest.starts_with('[')) continue;
        auto key = take_key(rest);
        if (key.empty()) throw bad_path(text, "a key is missing");
        path.steps_.emplace_back(std::move(key));
    }
    if (path.steps_.empty()) throw bad_path(text, "it is empty");
    return path;
}

std::vector<const Json*> Path::in(const Json& document) const {
    std::vector<const Json*> found{&document};
    for (const auto& step : steps_) {
        std::vector<const Json*> next;
        for (const auto* value : found) {
            if (const auto* key = std::get_if<std::string>(&step)) {
                const auto* member = value->is_object() ? templates::field_of(*value, *key) : nullptr;
                if (member != nullptr) next.push_back(member);
            } else if (const auto* index = std::get_if<std::size_t>(&step)) {
                if (value->is_array() && *index < value->size()) next.push_back(&(*value)[*index]);
            } else if (value->is_structured()) {
                for (const auto& element : *value)
                    next.push_back(&element);
            }
        }
        found = std::move(next);
    }
    return found;
}

std::string Path::str() const {
    std::string text;
    for (const auto& step : steps_) {
        if (const auto* key = std::get_if<std::string>(&step))
            text += fmt::format("{}{}", text.empty() ? "" : ".", *key);
        else if (const auto* index = std::get_if<std::size_t>(&step))
            text += fmt::format("[{}]", *index);
        else
            text += "[*]";
    }
    return text;
}

} // namespace thv::cli
