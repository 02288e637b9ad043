// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/api.hpp"
#include "workload/outgoing_auths.hpp"

namespace thv::cluster {

/// The MCPExternalAuthConfigs of the chosen namespace, in one listing. They refer to Secrets, which are not read.
class OutgoingAuths : public thv::OutgoingAuths {
public:
    explicit OutgoingAuths(Api& api)
        : api_(api) {}
    Task<std::vector<OutgoingAuth>> outgoing_auths() override;

private:
    Api& api_;
};

} // namespace thv::cluster
