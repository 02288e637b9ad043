// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/workload.hpp"
#include "workload/query.hpp"
#include "workload/watch.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <vector>

namespace thv::cluster {

/// What is known of a cluster's workloads while they are watched. Is told of every object, StatefulSets too, and tells
/// how workloads differ from what was told before.
class Observed {
public:
    Observed(Filter filter, ChangeSink sink);

    void put(const std::string& kind, const nlohmann::json& object);
    void drop(const std::string& kind, const nlohmann::json& object);
    /// A listing of a kind: `begin`, `put` for each object, `end`, which drops what was not put since.
    void begin(const std::string& kind);
    void end(const std::string& kind);

private:
    struct Known {
        Workload workload; ///< as its own object has it, without the pods of its server
        int listing = 0;   ///< the last listing that it was in, or put after
    };
    struct Backend {
        PodCount pods;
        int listing = 0;
    };
    void tell(const std::string& order, const Workload& workload);
    void tell_server(const std::string& order);
    void forget(const std::string& kind, const std::string& order);
    int listing_of(const std::string& kind) const;

    Filter filter_;
    ChangeSink sink_;
    Told told_;
    std::map<std::string, std::map<std::string, Known>> kinds_; ///< by kind, then by "namespace/name"
    std::map<std::string, Backend> backends_;
    std::map<std::string, int> listings_; ///< how many of each kind have begun
};

} // namespace thv::cluster
