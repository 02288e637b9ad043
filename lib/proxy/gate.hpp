// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "auth/authenticator.hpp"
#include "http/server.hpp"
#include "proxy/gated_visit.hpp"
#include "proxy/guard.hpp"
#include "proxy/options.hpp"
#include "proxy/vitals.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

namespace thv::proxy {

/// What stands between clients and the handler of a proxy, whichever way its server speaks. A request that comes
/// through is from a page or a program that may be here, and with an authenticator it bears its principal. The rest is
/// answered at the gate:
///   /health                        for everybody, since probes do not know our names
///   Host or Origin not allowed     403
///   OPTIONS with an Origin         what a page of that origin may send
///   /.well-known/oauth-protected-resource  where to get a token (RFC 9728); 404 when none is needed
///   no good token                  401, 403 or 503 with a challenge
class Gate final : public http::Handler, public std::enable_shared_from_this<Gate> {
public:
    struct Parts {
        asio::any_io_executor executor;
        http::Handler& inner;
        std::function<Health()> health;
        bool passes = false; ///< `inner` passes requests on to a server of HTTP: it gets GatedVisits
    };
    /// `inner` and what `health` refers to live until the last connection has ended.
    Gate(const Options& options, std::uint16_t port, Parts parts);

    void request(http::Visit& visit) override;
    void gone(http::Visit& visit) override;
    void drained(http::Visit& visit) override;
    void rejected(int status) override { options_.calls->turned_away(status); }

private:
    void answer_health(http::Visit& visit) const;
    void answer_metadata(http::Visit& visit) const;
    void preflight(http::Visit& visit) const;
    void authenticate(http::Visit& visit);
    void decide(http::Visit& visit, const auth::Verdict& verdict);
    void admit(http::Visit& visit);
    void passed(http::Visit& visit);
    void deny(http::Visit& visit, const auth::Denial& denial) const;
    void turn_away(http::Visit& visit, int status, std::string_view fields, std::string_view answer) const;
    std::string resource(const http::Visit& visit) const;
    static Task<> look_up(std::shared_ptr<Gate> self, http::Visit* visit, std::uint64_t ticket, std::string token);

    const Options options_;
    const Guard guard_;
    Parts parts_;
    std::unordered_map<http::Visit*, std::uint64_t> undecided_; ///< with the ticket of the look-up
    std::uint64_t next_ticket_ = 1;
    const mcp::ToolView view_; ///< for those that pass
    SessionOwners owners_;
    LateAnswers late_{*options_.calls};
    std::unordered_map<http::Visit*, std::shared_ptr<GatedVisit>> passing_;
};

/// Throws Fault::usage when a proxy with these options would listen on every address of this machine, with nothing
/// that says who may use it.
void check_exposure(const Options& options);

} // namespace thv::proxy
