// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "secrets/values.hpp"

#include <fmt/format.h>

namespace thv::secrets {

std::string variable_of(std::string_view name) {
    return fmt::format("TOOLHIVE_SECRET_{}", name);
}

bool is_system_name(std::string_view name) {
    return name.starts_with("__thv_");
}

void check_name(std::string_view name) {
    constexpr std::size_t longest = 255;
    if (name.empty() || name.size() > longest) throw Error{Fault::usage, "a secret's name has 1 to 255 bytes"};
    for (const char byte : name)
        if (byte == ',' || byte == '=' || static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f)
            throw Error{Fault::usage, "a secret's name holds no comma, no '=' and no control character"};
    if (is_system_name(name))
        throw Error{Fault::denied, fmt::format("'{}' belongs to ToolHive itself", name)}.hint(
            "choose a name that does not begin with '__thv_'");
}

std::map<std::string, std::string> EnvironmentValues::values(const std::vector<std::string>& names) {
    std::map<std::string, std::string> found;
    for (const auto& name : names) {
        auto value = environment_.get(variable_of(name));
        if (!value)
            throw Error{Fault::not_found, fmt::format("there is no secret '{}'", name)}.hint(
                fmt::format("set the variable {} where thv is run", variable_of(name)));
        found.emplace(name, *std::move(value));
    }
    return found;
}

std::map<std::string, std::string> EnvironmentValues::handover(const std::vector<std::string>& names) {
    std::map<std::string, std::string> variables;
    for (const auto& name : names)
        if (auto value = environment_.get(variable_of(name))) variables.emplace(variable_of(name), *std::move(value));
    return variables;
}

} // namespace thv::secrets
