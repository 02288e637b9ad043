// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/run_config.hpp"
#include "http/address.hpp"
#include "io/environment.hpp"
#include "secrets/values.hpp"

#include <map>
#include <string>
#include <vector>

/// Servers of somebody else's, which run elsewhere: a workload without a container.
namespace thv::remote {

/// What a run config says about getting in, in upstream's fields: header_forward, remote_auth_config (of which only
/// bearer tokens are supported) and thv_ca_bundle. Names of secrets, never their values.
struct Access {
    std::map<std::string, std::string> headers = {};        ///< as they are
    std::map<std::string, std::string> secret_headers = {}; ///< header → the name of the secret that is its value
    std::string bearer_secret = {};                         ///< the name of a secret; empty: none
    std::string bearer_file = {};                           ///< a file that holds the token, read at each start
    std::string ca_file = {}; ///< the authorities that its certificate may be of; empty: the system's
    bool operator==(const Access&) const = default;
};

/// Throws Fault::usage for fields of a wrong form and for headers that the proxy sets itself, Fault::unsupported for
/// ways to get in that this version does not know: a server must not be asked without what was meant to protect it.
Access access_of(const RunConfig& config);
/// Writes it into the run config, whose other fields stay.
void put(RunConfig& config, const Access& access);
/// Fault::usage when a header's name is none or is one that the proxy sets itself.
void check_header(const std::string& name);

/// A remote server, with all that is needed to talk to it.
struct Server {
    http::Address address;
    http::Headers credentials; ///< for requests to the server's own paths only
    Transport transport = Transport::streamable_http;
};

/// Reads the token's and the authorities' files; the environment says how a proxy is reached. Throws Fault::not_found
/// for a secret that is not there, Fault::usage for a file that cannot be used or a value that is no header's; no
/// message holds a value.
Server server_of(const RunConfig& config, const Environment& environment, secrets::Values& values);

/// The names of all secrets that a workload needs, each once: those of its container and those for a remote server.
/// Throws Fault::usage for one that is not written as it must be.
std::vector<std::string> secret_names(const RunConfig& config);

/// The URL as people may see it: without its query, which may hold a key.
std::string shown_url(const std::string& url);

} // namespace thv::remote
