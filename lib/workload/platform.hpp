// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/environment.hpp"

namespace thv {

/// Where workloads are: on this machine's container engine, or on a Kubernetes cluster.
enum class Platform { engine, cluster };

/// `asked` tells that a flag named a context, a namespace or a kubeconfig, which is about a cluster. Otherwise
/// TOOLHIVE_RUNTIME decides, then whether this is a pod (KUBERNETES_SERVICE_HOST); a kubeconfig alone does not.
Platform select_platform(const Environment& environment, bool asked);

} // namespace thv
