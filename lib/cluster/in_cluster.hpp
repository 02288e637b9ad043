// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/kubeconfig.hpp"
#include "io/environment.hpp"

#include <filesystem>

namespace thv::cluster {

/// Where a pod finds its service account
/// (https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/).
inline constexpr const char* service_account_folder = "/var/run/secrets/kubernetes.io/serviceaccount";

/// Whether this process runs in a pod.
bool in_pod(const Environment& environment);

/// The service account of the pod. Throws Fault::not_found when the pod has no token.
Settings pod_settings(const Environment& environment, const std::filesystem::path& folder = service_account_folder);

} // namespace thv::cluster
