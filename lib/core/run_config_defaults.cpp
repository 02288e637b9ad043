// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/run_config_defaults.hpp"

namespace thv {

void say_defaults(RunConfig& config) {
    auto& document = config.document;
    if (!document.is_object()) document = nlohmann::ordered_json::object();
    document["proxy_mode"] = to_string(config.proxy_mode);
    document["target_host"] = config.target_host;
    document["group"] = config.group;
}

} // namespace thv
