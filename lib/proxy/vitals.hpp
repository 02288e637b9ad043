// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/run_config.hpp"

#include <cstddef>
#include <string>

namespace thv::proxy {

class Exposition;

/// Whether the server behind a proxy answers, and if not, why.
struct Health {
    bool available = false;
    std::string trouble = {};
};

/// {"status":…}: what probes of /health are told.
std::string to_json(const Health& health, Transport transport);

/// What goes on in a proxy at this moment.
struct Vitals {
    Health health = {};
    std::size_t connections = 0; ///< of clients
    std::size_t sessions = 0;
    std::size_t streams = 0;   ///< on which events may come at any time
    std::size_t in_flight = 0; ///< calls at the server
    std::size_t waiting = 0;   ///< calls that wait for their turn, or for the server
};
void expose(Exposition& exposition, const Vitals& vitals);

} // namespace thv::proxy
