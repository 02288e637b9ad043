// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/task.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace thv {

/// How somebody authenticates to a server that asks for it. Names the secrets that it needs and holds none.
struct OutgoingAuth {
    std::string name;
    std::string type;                ///< the platform's own word: "tokenExchange", "headerInjection", …
    nlohmann::ordered_json settings; ///< as the platform has them
};

/// The ways to authenticate that a platform keeps for its workloads; only a cluster has them (MCPExternalAuthConfig).
struct OutgoingAuths {
    static constexpr std::string_view noun = "outgoing authentication";
    virtual ~OutgoingAuths() = default;
    virtual Task<std::vector<OutgoingAuth>> outgoing_auths() = 0;
};

} // namespace thv
