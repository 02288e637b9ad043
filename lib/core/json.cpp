// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/json.hpp"

#include "core/error.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <utility>

namespace thv {
namespace {

using nlohmann::ordered_json;
using Event = ordered_json::parse_event_t;

/// Refuses a text while it is parsed, before what is built of it grows past the limits.
class Bounds {
public:
    Bounds(JsonLimits limits, std::string_view where)
        : limits_(limits)
        , where_(where) {}

    void see(Event event) {
        if (event == Event::object_start || event == Event::array_start) enter();
        if (event == Event::object_end || event == Event::array_end) members_.pop_back();
        if (event == Event::key && ++members_.back() > limits_.members) {
            refuse(fmt::format("an object has more than {} fields", limits_.members));
        }
    }

    [[noreturn]] void refuse(std::string_view why) const {
        throw Error{Fault::usage, fmt::format("{}: {}", where_, why)};
    }

private:
    void enter() {
        if (members_.size() >= limits_.depth) refuse(fmt::format("nested more than {} deep", limits_.depth));
        members_.push_back(0);
    }

    JsonLimits limits_;
    std::string_view where_;
    std::vector<std::size_t> members_;
};

std::string escaped(std::string_view json) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 5> escapes{{
        {"<", "\\u003c"},
        {">", "\\u003e"},
        {"&", "\\u0026"},
        {"\u2028", "\\u2028"},
        {"\u2029", "\\u2029"},
    }};
    std::string out;
    out.reserve(json.size());
    while (!json.empty()) {
        std::string_view taken = json.substr(0, 1);
        std::string_view written = taken;
        for (const auto& [from, to] : escapes) {
            if (!json.starts_with(from)) continue;
            taken = from;
            written = to;
        }
        out += written;
        json.remove_prefix(taken.size());
    }
    return out;
}

bool is_text(const ordered_json& value) {
    return value.is_string() && !value.get_ref<const std::string&>().contains('\0');
}

bool within(const ordered_json& integer, int least, int most) {
    if (integer.is_number_unsigned()) {
        const auto value = integer.get<std::uint64_t>();
        return std::cmp_greater_equal(value, least) && std::cmp_less_equal(value, most);
    }
    const auto value = integer.get<std::int64_t>();
    return value >= least && value <= most;
}

} // namespace

ordered_json parse_json(std::string_view text, std::string_view where, JsonLimits limits) {
    Bounds bounds{limits, where};
    if (text.size() > limits.bytes) bounds.refuse(fmt::format("larger than {} bytes", limits.bytes));
    try {
        return ordered_json::parse(text, [&bounds](int, Event event, ordered_json&) {
            bounds.see(event);
            return true;
        });
    } catch (const ordered_json::parse_error& broken) {
        bounds.refuse(fmt::format("not valid JSON at byte {}", broken.byte));
    } catch (const ordered_json::out_of_range&) {
        bounds.refuse("a number is out of range");
    }
}

std::string to_go_json(const ordered_json& value) {
    try {
        // The escaped characters can stand only inside strings, so the text as a whole can be searched for them.
        return escaped(value.dump(2));
    } catch (const ordered_json::type_error&) {
        throw Error{Fault::usage, "a text that is to be saved is not valid UTF-8"};
    }
}

Fields::Fields(const ordered_json& object, std::string_view where)
    : object_(object)
    , where_(where) {
    if (!object.is_object()) throw Error{Fault::usage, fmt::format("{}: must be a JSON object", where)};
}

const ordered_json* Fields::find(std::string_view key) const {
    const auto found = object_.find(key);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
}

void Fields::wrong(std::string_view key, std::string_view must) const {
    throw Error{Fault::usage, fmt::format("{}: field '{}' must be {}", where_, key, must)};
}

std::string Fields::text(std::string_view key, std::string_view otherwise) const {
    const auto* value = find(key);
    if (value == nullptr) return std::string{otherwise};
    if (!is_text(*value)) wrong(key, "a string without NUL");
    return value->get<std::string>();
}

bool Fields::flag(std::string_view key) const {
    const auto* value = find(key);
    if (value == nullptr) return false;
    if (!value->is_boolean()) wrong(key, "true or false");
    return value->get<bool>();
}

int Fields::integer(std::string_view key, int least, int most) const {
    const auto* value = find(key);
    if (value == nullptr) return 0;
    if (!value->is_number_integer() || !within(*value, least, most)) {
        wrong(key, fmt::format("an integer from {} to {}", least, most));
    }
    return value->get<int>();
}

std::vector<std::string> Fields::texts(std::string_view key) const {
    std::vector<std::string> out;
    const auto* value = find(key);
    if (value == nullptr) return out;
    if (!value->is_array()) wrong(key, "a list of strings");
    for (const auto& item : *value) {
        if (!is_text(item)) wrong(key, "a list of strings without NUL");
        out.push_back(item.get<std::string>());
    }
    return out;
}

std::map<std::string, std::string> Fields::table(std::string_view key) const {
    std::map<std::string, std::string> out;
    const auto* value = find(key);
    if (value == nullptr) return out;
    if (!value->is_object()) wrong(key, "an object of strings");
    for (const auto& [name, item] : value->items()) {
        if (!is_text(item) || name.contains('\0')) wrong(key, "an object of strings without NUL");
        out.emplace(name, item.get<std::string>());
    }
    return out;
}

} // namespace thv
