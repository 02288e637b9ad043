// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/message.hpp"
#include "io/environment.hpp"

#include <optional>
#include <string_view>

namespace thv::http {

/// The proxy that a URL names; without a scheme it is http://. A name and password in it become Proxy-Authorization
/// (Basic). Throws Fault::unsupported for proxies of other kinds and Fault::usage for what is no URL; neither quotes
/// it.
HttpProxy proxy_from_url(std::string_view url);

/// The proxy that the environment wants for a server, by the rules of Go's programs: HTTPS_PROXY for TLS, else
/// HTTP_PROXY (and in small letters), but none for this machine and for what NO_PROXY lists: names with the names below
/// them, ".names" below only, addresses, address ranges (CIDR), each with a port if it has one, and "*" for all.
std::optional<HttpProxy> proxy_from_environment(const Environment& environment, bool tls, std::string_view host,
                                                std::uint16_t port);

} // namespace thv::http
