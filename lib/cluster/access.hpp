// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/message.hpp"
#include "io/environment.hpp"
#include "io/task.hpp"

#include <memory>
#include <optional>
#include <string>

namespace thv::cluster {

/// What the user chose by --kubeconfig, --context and --namespace.
struct Selected {
    std::optional<std::string> kubeconfig = {};
    std::optional<std::string> context = {};
    std::optional<std::string> name_space = {};
};

/// How to reach one API server, and as whom, by kubectl's rules.
///
/// What was chosen by --kubeconfig, $KUBECONFIG or --context comes first; then, in a pod, the pod's service account;
/// then ~/.kube/config. The namespace is the chosen one, else the context's or the pod's own, else "default".
class Access {
public:
    /// Reads files, opens no connection and runs no program. Throws Error: Fault::not_found when nothing says where a
    /// cluster is or the context is not there, Fault::usage for a kubeconfig that is broken (with file and line) or
    /// contradicts itself, Fault::unsupported for what thv cannot do (SOCKS proxies, old authentication plugins).
    static Access from(const Environment& environment, const Selected& selected);
    ~Access();
    Access(Access&&) noexcept;
    Access& operator=(Access&&) noexcept;

    /// Where to connect. headers() and refresh() may change it, for a credential plugin may hand out client
    /// certificates: take it after headers(), and make a new http::Client when it is not the one of before.
    const http::Endpoint& endpoint() const;
    /// What goes before every path: "" or "/k8s/clusters/c-1".
    const std::string& path_prefix() const;
    const std::string& name_space() const;
    /// The context's name; "in-cluster" for a pod's service account.
    const std::string& context() const;

    /// Authorization and Impersonate-* fields for the next request. Credentials are kept as long as they are valid: a
    /// token's file is read again after a minute, a plugin is run again when its credential has expired. Throws what is
    /// wrong with the plugin or the file. Any number of tasks may call it at once: only one runs the plugin.
    Task<http::Headers> headers();
    /// After a 401: forgets what is kept and gets it anew. False when there is nothing that could be got anew.
    Task<bool> refresh();

private:
    struct Impl;
    explicit Access(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace thv::cluster
