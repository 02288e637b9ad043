// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/ownership.hpp"

#include "cluster/meta.hpp"

#include <utility>

namespace thv::cluster {

namespace {

bool written_by(const Json& entry, std::string_view manager, std::string_view operation) {
    return text_at(entry, {"manager"}) == manager && text_at(entry, {"operation"}) == operation &&
           text_at(entry, {"subresource"}).empty();
}

/// Sets of fields are objects whose keys are the members (https://kubernetes.io, FieldsV1): the union of two.
void unite(Json& into, const Json& from) {
    if (!from.is_object()) return;
    if (!into.is_object()) into = Json::object();
    for (const auto& [key, inner] : from.items()) {
        const auto [place, is_new] = into.emplace(key, inner);
        if (!is_new) unite(*place, inner);
    }
}

} // namespace

Json adoption_patch(const Json& object, std::string_view manager) {
    Json fields;
    Json applied;
    Json entries = Json::array();
    bool adopts = false;
    for (const auto& entry : elements_at(object, {"metadata", "managedFields"})) {
        const bool updated = written_by(entry, manager, "Update");
        if (!updated && !written_by(entry, manager, "Apply")) {
            entries.push_back(entry);
            continue;
        }
        adopts = adopts || updated;
        if (applied.is_null() || !updated) applied = entry;
        if (const auto* owned = value_at(entry, {"fieldsV1"})) unite(fields, *owned);
    }
    if (!adopts) return {};
    applied["operation"] = "Apply";
    applied["fieldsV1"] = std::move(fields);
    entries.push_back(std::move(applied));
    // The server takes a replaced resourceVersion for a condition: it refuses one that is not the current.
    return Json::array({{{"op", "replace"}, {"path", "/metadata/managedFields"}, {"value", std::move(entries)}},
                        {{"op", "replace"}, {"path", "/metadata/resourceVersion"}, {"value", version_of(object)}}});
}

} // namespace thv::cluster
