// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/options.hpp"

#include "core/json.hpp"

namespace thv::proxy {

Options proxy_options(const RunConfig& config) {
    Options options;
    options.host = config.host;
    options.port = static_cast<std::uint16_t>(config.port);
    options.allowed_origins = config.allowed_origins;
    options.transport = config.transport;
    options.mode = config.proxy_mode;
    options.isolation = config.isolation;
    if (config.document.is_object()) {
        const Fields fields{config.document, "run config"};
        options.endpoint_prefix = fields.text("endpoint_prefix");
        options.trust_forwarded = fields.flag("trust_proxy_headers");
    }
    if (config.session_ttl.empty()) return options;
    options.session_ttl = value_or_throw(parse_duration(config.session_ttl));
    if (options.session_ttl <= Duration::zero()) throw Error{Fault::usage, "the session TTL must be more than zero"};
    return options;
}

} // namespace thv::proxy
