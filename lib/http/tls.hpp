// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

namespace thv::http {

/// Whom a client trusts, and how it proves who it is. All texts are PEM.
struct TlsOptions {
    /// The certificates to trust, be they of authorities or of servers themselves; none: the system's authorities
    /// ($SSL_CERT_FILE, $SSL_CERT_DIR, else where distributions keep them).
    std::optional<std::string> authorities = {};
    std::string certificate = {}; ///< our own, followed by those that lead to its authority; empty: none
    std::string key = {};         ///< the private key of `certificate`
    bool insecure = false;        ///< accepts any server, whatever its certificate
};

class TlsContext; ///< immutable, shared by connections

/// Throws Fault::usage for a text that holds no usable certificate or key; says which, never what it holds.
std::shared_ptr<const TlsContext> make_tls(const TlsOptions& options);

} // namespace thv::http
