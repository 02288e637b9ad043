// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace thv {

/// What a JSON text that others may have written is allowed to cost. `members` counts the fields of one object, whose
/// look-up is linear because their order is kept.
struct JsonLimits {
    std::size_t bytes = 1U << 20U;
    std::size_t depth = 64;
    std::size_t members = 1024;
};

/// Parses one JSON text in UTF-8; of fields with the same name the last one counts. `where` names the text in errors
/// (Fault::usage), which tell the position and never quote the content.
nlohmann::ordered_json parse_json(std::string_view text, std::string_view where, JsonLimits limits = {});

/// The bytes that Go's encoder makes of a value: two-space indent; `<`, `>`, `&`, U+2028 and U+2029 escaped in strings;
/// no final newline. Throws Fault::usage for a string that is not UTF-8.
std::string to_go_json(const nlohmann::ordered_json& value);

/// Reads the fields of one JSON object with their types checked. As in Go, a field that is null counts as missing.
/// Errors are Fault::usage and read "WHERE: field 'KEY' must be …". Strings with a NUL inside are refused: what reads
/// them as C strings would see another value. Keeps references to its arguments.
class Fields {
public:
    /// Throws when `object` is not one.
    Fields(const nlohmann::ordered_json& object, std::string_view where);

    /// The field's value; null when it is missing or null.
    const nlohmann::ordered_json* find(std::string_view key) const;
    std::string text(std::string_view key, std::string_view otherwise = {}) const;
    bool flag(std::string_view key) const;
    /// An integer from `least` to `most`; 0 when missing.
    int integer(std::string_view key, int least, int most) const;
    std::vector<std::string> texts(std::string_view key) const;
    std::map<std::string, std::string> table(std::string_view key) const;
    [[noreturn]] void wrong(std::string_view key, std::string_view must) const;

private:
    const nlohmann::ordered_json& object_;
    std::string_view where_;
};

} // namespace thv
