// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/access.hpp"

#include <string>
#include <vector>

namespace thv::cluster {

struct ContextName {
    std::string name;
    std::string server; ///< the URL of its cluster; empty when the cluster is not there
};

/// The contexts of the kubeconfigs that Access::from would read, sorted by name; none when there is no file. Throws
/// what merge_kubeconfigs throws.
std::vector<ContextName> contexts(const Environment& environment, const Selected& selected);

} // namespace thv::cluster
