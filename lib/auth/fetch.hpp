// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/message.hpp"
#include "io/environment.hpp"
#include "io/task.hpp"

#include <functional>
#include <memory>
#include <string>

namespace thv::auth {

/// Reads a document of an issuer: the body of a 200. Throws an Error for anything else.
using Fetch = std::function<Task<std::string>(std::string url)>;

struct FetchOptions {
    bool allow_http = false;                               ///< also in the clear, to other machines
    std::shared_ptr<const http::TlsContext> tls = nullptr; ///< null: the system's authorities
    std::string token_file = {};  ///< whose text is sent as a bearer token over TLS; empty: none
    Environment environment = {}; ///< which may name a proxy
};

/// Over HTTPS, or HTTP to this machine; takes ten seconds and one MiB at most, and follows no redirection, for the
/// address of keys is to be what was configured.
Fetch make_fetch(FetchOptions options);

} // namespace thv::auth
