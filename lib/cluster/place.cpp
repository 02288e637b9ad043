// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/place.hpp"

#include "http/message.hpp"

#include <fmt/format.h>

namespace thv::cluster {

std::string path_of(const Place& place, std::string_view version) {
    const auto& resource = place.resource;
    auto path = fmt::format("/{}/{}", resource.group().empty() ? "api" : "apis", resource.group_version);
    if (resource.group() == toolhive_group) path = fmt::format("/apis/{}/{}", toolhive_group, version);
    if (!place.name_space.empty()) path += "/namespaces/" + http::percent_encode(place.name_space);
    path.append("/").append(resource.plural);
    if (!place.name.empty()) path += "/" + http::percent_encode(place.name);
    if (!place.subresource.empty()) path += "/" + http::percent_encode(place.subresource);
    return path;
}

std::string describe(const Place& place) {
    const auto where =
        place.name_space.empty() ? std::string{"all namespaces"} : fmt::format("namespace '{}'", place.name_space);
    if (place.name.empty()) return fmt::format("{} resources in {}", place.resource.kind, where);
    return fmt::format("{} '{}' in {}", place.resource.kind, place.name, where);
}

} // namespace thv::cluster
