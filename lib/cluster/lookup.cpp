// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/lookup.hpp"

#include <limits>

namespace thv::cluster {

const Json* value_at(const Json& object, Path path) {
    const auto* value = &object;
    for (const auto key : path) {
        if (!value->is_object()) return nullptr;
        const auto found = value->find(key);
        if (found == value->end()) return nullptr;
        value = &*found;
    }
    return value;
}

std::string text_at(const Json& object, Path path) {
    const auto* value = value_at(object, path);
    return value != nullptr && value->is_string() ? value->get_ref<const std::string&>() : std::string{};
}

std::optional<long long> integer_at(const Json& object, Path path) {
    const auto* value = value_at(object, path);
    if (value == nullptr || !value->is_number_integer()) return std::nullopt;
    // Read as signed, a larger one would come out negative.
    constexpr auto most = static_cast<unsigned long long>(std::numeric_limits<long long>::max());
    if (value->is_number_unsigned() && value->get<unsigned long long>() > most) return std::nullopt;
    return value->get<long long>();
}

const Json::array_t& elements_at(const Json& object, Path path) {
    static const Json::array_t none;
    const auto* value = value_at(object, path);
    return value != nullptr && value->is_array() ? value->get_ref<const Json::array_t&>() : none;
}

std::map<std::string, std::string> table_at(const Json& object, Path path) {
    std::map<std::string, std::string> table;
    const auto* value = value_at(object, path);
    if (value == nullptr || !value->is_object()) return table;
    for (const auto& [key, entry] : value->items())
        if (entry.is_string()) table.emplace(key, entry.get_ref<const std::string&>());
    return table;
}

} // namespace thv::cluster
