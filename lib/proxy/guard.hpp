// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/server.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thv::proxy {

/// Keeps web pages out that reach this port through a visitor's browser. Host is checked because a page of a rebound
/// name sends that name; Origin because a page of another site sends its own.
///
/// Host may be a loopback name, the address listened on, an allowed host, or the host of an allowed origin; when
/// listening on every address also any IP address, since only names can be rebound. Origin may be absent, a loopback
/// name (or the address) with our port, or an allowed origin.
class Guard {
public:
    Guard(std::string_view host, std::uint16_t port, const std::vector<std::string>& allowed_origins,
          const std::vector<std::string>& allowed_hosts = {});

    /// Why a request is turned away; none when it is welcome.
    std::optional<std::string_view> objection(const http::Visit& visit) const;

    bool host_allowed(std::string_view host) const;
    bool origin_allowed(std::string_view origin) const;

    /// Header lines that let a page of an allowed origin read the answer; empty without an Origin.
    std::string cors_fields(const http::Visit& visit) const;

private:
    std::vector<std::string> names_;
    std::vector<std::string> origins_;
    bool any_address_;
};

} // namespace thv::proxy
