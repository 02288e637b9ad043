// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "auth/authenticator.hpp"
#include "http/server.hpp"

#include <expected>
#include <string>
#include <string_view>

namespace thv::proxy {

/// The bearer token of a request (RFC 6750, 2.1): from its one Authorization field, nowhere else. The error is a denial
/// whose `error` is empty when no token was sent at all.
std::expected<std::string_view, auth::Denial> bearer_token(const http::Visit& visit);

/// This proxy's own URL as the request's client knows it: the configured one, else by the name it was reached under.
std::string resource_url(const http::Visit& visit, std::string_view configured, std::string_view endpoint);
/// Where the metadata of a resource are (RFC 9728, 3.1): the well-known path between its host and its own path.
std::string metadata_url(std::string_view resource);
/// Whether a path is one of those.
bool is_metadata_path(std::string_view path);
/// The metadata of a protected resource (RFC 9728, 2).
std::string metadata(std::string_view resource, const auth::Authenticator& authenticator);

/// The WWW-Authenticate line of a denial (RFC 6750, 3; RFC 9728, 5.1).
std::string challenge(const auth::Denial& denial, std::string_view resource, const auth::Authenticator& authenticator);

} // namespace thv::proxy
