// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/outgoing_auths.hpp"

namespace thv::cluster {

namespace {

std::string text_in(const Json& object, const char* field) {
    const auto found = object.find(field);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

} // namespace

Task<std::vector<OutgoingAuth>> OutgoingAuths::outgoing_auths() {
    std::vector<OutgoingAuth> auths;
    const auto take = [&auths](const Json& object) {
        const auto metadata = object.find("metadata");
        const auto spec = object.find("spec");
        if (metadata == object.end() || spec == object.end() || !metadata->is_object() || !spec->is_object()) return;
        auths.push_back({.name = text_in(*metadata, "name"), .type = text_in(*spec, "type"), .settings = *spec});
    };
    const Place place{.resource = external_auth_configs, .name_space = api_.name_space()};
    co_await api_.list(place, {}, take);
    co_return auths;
}

} // namespace thv::cluster
