// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/secret_users.hpp"

#include "core/error.hpp"
#include "remote/access.hpp"

namespace thv::commands {

std::map<std::string, std::vector<std::string>> secret_users(const RunConfigs& run_configs) {
    std::map<std::string, std::vector<std::string>> users;
    for (const auto& config : run_configs.scan().configs) {
        try {
            for (const auto& name : remote::secret_names(config))
                users[name].push_back(key(config));
        } catch (const Error&) {
            continue; // it cannot be started either
        }
    }
    return users;
}

} // namespace thv::commands
