// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/time.hpp"
#include "http/client.hpp"
#include "io/task.hpp"
#include "remote/access.hpp"

#include <memory>
#include <optional>

namespace thv::remote {

/// Sends a request and, as long as the answer is a redirect to the same server that keeps the method (301, 302, 307,
/// 308), sends it there; at most five times. Any other answer is returned; Fault::denied for a redirect elsewhere,
/// where credentials do not belong.
Task<std::unique_ptr<http::Stream>> open_following(std::shared_ptr<http::Client> client, http::Address base,
                                                   http::Request request);

/// The server does not accept our credentials.
Error locked_out(const http::Endpoint& endpoint, int status);

/// What an answer's status says about the server: none when it does its work, also when it refuses this request.
/// Fault::denied for one that does not accept our credentials, Fault::unreachable for 502, 503 and 504.
std::optional<Error> trouble_of(int status, const http::Endpoint& endpoint, bool with_credentials);

/// Begins a conversation and ends it again, as the first contact. Throws what keeps the server from working for
/// clients: Fault::unreachable, Fault::timed_out, Fault::denied, or Fault::unsupported when it does not speak the
/// transport.
Task<> greet(Server server, Duration limit);

/// Asks whether the server is there, without beginning anything (HEAD).
Task<std::optional<Error>> look(std::shared_ptr<http::Client> client, Server server);

} // namespace thv::remote
