// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/server.hpp"
#include "proxy/guard.hpp"
#include "proxy/options.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace thv::proxy {

/// Whether the server behind a proxy answers, and if not, why.
struct Health {
    bool available = false;
    std::string trouble = {};
};

/// {"status":…}: what probes of /health are told.
std::string to_json(const Health& health, Transport transport);

/// What stands between clients and the handler of a proxy, whichever way its server speaks. A request that comes
/// through is from a page or a program that may be here. The rest is answered at the gate:
///   /health                     for everybody, since probes do not know our names
///   Host or Origin not allowed  403
///   OPTIONS with an Origin      what a page of that origin may send
class Gate final : public http::Handler {
public:
    /// `inner` and what `health` refers to outlive the gate.
    Gate(const Options& options, std::uint16_t port, http::Handler& inner, std::function<Health()> health);

    void request(http::Visit& visit) override;
    void gone(http::Visit& visit) override { inner_.gone(visit); }
    void drained(http::Visit& visit) override { inner_.drained(visit); }

private:
    void answer_health(http::Visit& visit) const;
    void preflight(http::Visit& visit) const;

    Guard guard_;
    Transport transport_;
    http::Handler& inner_;
    std::function<Health()> health_;
};

/// Throws Fault::usage when a proxy with these options would listen on every address of this machine, with nothing
/// that says who may use it.
void check_exposure(const Options& options);

} // namespace thv::proxy
