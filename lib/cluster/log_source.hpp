// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/log_record.hpp"
#include "cluster/lookup.hpp"
#include "cluster/place.hpp"
#include "workload/logs.hpp"

#include <string>

namespace thv::cluster {

/// Which containers write a workload's log.
struct LogPods {
    std::string workload;
    std::string selector; ///< of the pods, by label
    std::string container;
};

/// Throws Fault::unsupported for a kind that has no such log.
LogPods log_pods(const Resource& resource, const std::string& name, LogSource source);

/// What of a pod decides about its log.
struct PodState {
    std::string name;
    std::string uid;
    bool has_log = false; ///< its container has started at least once
    bool runs = false;
    long long restarts = 0;
};
PodState pod_state(const Json& pod, const std::string& container);

/// Gives records to a sink as the reader wants them.
struct LogPrinter {
    TailOptions options;
    LineSink sink;
    std::string container;

    /// Whether it was written late enough: the cluster counts whole seconds only.
    bool wants(const LogRecord& record) const;
    /// `pod`: who wrote it; empty when that need not be said.
    void print(const std::string& pod, const LogRecord& record) const;
};

} // namespace thv::cluster
