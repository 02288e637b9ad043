// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/lookup.hpp"

#include <string>
#include <string_view>

namespace thv::cluster {

// What every object of a cluster says of itself.

inline std::string name_of(const Json& object) {
    return text_at(object, {"metadata", "name"});
}
inline std::string uid_of(const Json& object) {
    return text_at(object, {"metadata", "uid"});
}
/// Changes with each write to the object.
inline std::string version_of(const Json& object) {
    return text_at(object, {"metadata", "resourceVersion"});
}
/// It has been deleted, and something still holds it.
inline bool is_leaving(const Json& object) {
    return !text_at(object, {"metadata", "deletionTimestamp"}).empty();
}
inline std::string annotation_of(const Json& object, std::string_view name) {
    return text_at(object, {"metadata", "annotations", name});
}
/// What is at the end of the path; a null value when nothing is.
inline const Json& part_at(const Json& object, Path path) {
    static const Json none;
    const auto* part = value_at(object, path);
    return part == nullptr ? none : *part;
}
/// The condition of that type in an object's status; null without one.
inline const Json* condition_of(const Json& object, std::string_view type) {
    for (const auto& entry : elements_at(object, {"status", "conditions"}))
        if (text_at(entry, {"type"}) == type) return &entry;
    return nullptr;
}
inline std::string label_of(const Json& object, std::string_view name) {
    return text_at(object, {"metadata", "labels", name});
}

} // namespace thv::cluster
