// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/workload.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace thv::cluster {

/// The state of a workload and why.
struct Judgement {
    State state = State::unknown;
    std::string reason;
};

/// Who still holds an object that has been deleted: "a, b".
std::string finalizers_of(const nlohmann::json& object);

/// What an object's phase, conditions, replicas, generation and deletion come to. Of the workload, what the
/// specification says has been filled in.
Judgement judge(const nlohmann::json& object, const Workload& workload);

/// What the server's own pods change about that.
Judgement judge_backend(Judgement judgement, PodCount backend);

/// Whether a URL that the operator gave leads to the port, and to the path for the transport, of the specification.
/// It writes the URL once and never again. True for what is no such URL.
bool leads_to(const Workload& workload);

} // namespace thv::cluster
