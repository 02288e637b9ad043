// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "workload/grouping.hpp"
#include "workload/lifecycle.hpp"
#include "workload/logs.hpp"
#include "workload/query.hpp"
#include "workload/update.hpp"

#include <string>
#include <string_view>
#include <tuple>

namespace thv {

/// What one platform can do: a name and a pointer per capability. Absence is a null pointer; Query is never null.
struct Backend {
    std::string name; ///< "docker", "podman", …
    std::tuple<Query*, Lifecycle*, Logs*, Grouping*, Update*> capabilities;

    template <typename Capability>
    Capability* find() const {
        return std::get<Capability*>(capabilities);
    }
};

Error unavailable(std::string_view noun, std::string_view platform);

/// The capability, or Fault::unsupported that names it in human words.
template <typename Capability>
Capability& require(const Backend& backend) {
    if (auto* capability = backend.find<Capability>()) return *capability;
    throw unavailable(Capability::noun, backend.name);
}

} // namespace thv
