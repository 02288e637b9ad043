// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/outgoing_auths.hpp"

#include "cluster/meta.hpp"

namespace thv::cluster {

Task<std::vector<OutgoingAuth>> OutgoingAuths::outgoing_auths() {
    std::vector<OutgoingAuth> auths;
    const auto take = [&auths](const Json& object) {
        const auto& spec = part_at(object, {"spec"});
        if (!spec.is_object()) return;
        auths.push_back({.name = name_of(object), .type = text_at(spec, {"type"}), .settings = spec});
    };
    const Place place{.resource = external_auth_configs, .name_space = api_.name_space()};
    co_await api_.list(place, {}, take);
    co_return auths;
}

} // namespace thv::cluster
