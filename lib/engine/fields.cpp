// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/fields.hpp"

namespace thv::engine {

using nlohmann::json;

const json& field(const json& object, const char* name) {
    static const json missing;
    if (!object.is_object()) return missing;
    const auto found = object.find(name);
    return found == object.end() ? missing : *found;
}

std::string text(const json& object, const char* name) {
    const auto& value = field(object, name);
    return value.is_string() ? value.get<std::string>() : std::string{};
}

} // namespace thv::engine
