// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/environment.hpp"
#include "io/paths.hpp"
#include "thv/live_values.hpp"
#include "thv/probes.hpp"

#include <memory>

namespace thv::cluster {
class Api;
}

namespace thv::commands {

std::unique_ptr<Probes> engine_probes(Environment environment, Paths paths);
/// Looks at the one API server that was chosen; `api` must outlive it.
std::unique_ptr<Probes> cluster_probes(cluster::Api& api);
/// Of an engine that runs; none is started for them.
std::unique_ptr<LocalImages> local_images(Environment environment, Paths paths);
std::unique_ptr<KubeNames> kube_names(Environment environment, cli::Globals globals);

} // namespace thv::commands
