// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/membership.hpp"

#include "cluster/meta.hpp"

#include <utility>

namespace thv::cluster {

namespace {

Json operation(const char* op, const char* path) {
    return {{"op", op}, {"path", path}};
}
Json operation(const char* op, const char* path, Json value) {
    return {{"op", op}, {"path", path}, {"value", std::move(value)}};
}

} // namespace

std::string group_of(const Json& object) {
    const auto* reference = value_at(object, {"spec", "groupRef"});
    if (reference == nullptr) return {};
    return reference->is_string() ? reference->get<std::string>() : text_at(*reference, {"name"});
}

Json move_patch(const Json& object, const std::string& to) {
    const auto* reference = value_at(object, {"spec", "groupRef"});
    const auto from = group_of(object);
    if (reference == nullptr || from.empty()) {
        // That there is none cannot be tested; that nobody has written the object can.
        return Json::array({operation("test", "/metadata/resourceVersion", version_of(object)),
                            operation("add", "/spec/groupRef", {{"name", to}})});
    }
    const auto* path = reference->is_string() ? "/spec/groupRef" : "/spec/groupRef/name";
    const auto change = to.empty() ? operation("remove", "/spec/groupRef") : operation("replace", path, to);
    return Json::array({operation("test", path, from), change});
}

} // namespace thv::cluster
