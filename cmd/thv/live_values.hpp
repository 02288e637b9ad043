// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/complete.hpp"
#include "store/run_configs.hpp"
#include "store/supervisors.hpp"
#include "thv/mcp_commands.hpp"

#include <string>
#include <vector>

namespace thv::commands {

/// What kubeconfigs and a cluster say of places.
struct KubeNames {
    static constexpr std::string_view noun = "the names of a cluster";
    virtual ~KubeNames() = default;
    /// The contexts of the kubeconfigs, sorted; described by their cluster. Reads files only.
    virtual std::vector<cli::Candidate> contexts() = 0;
    /// The namespaces of the cluster, sorted.
    virtual Task<std::vector<std::string>> namespaces() = 0;
};

/// The images that an engine has.
struct LocalImages {
    static constexpr std::string_view noun = "the images of a container engine";
    virtual ~LocalImages() = default;
    /// Their references ("mcp/fetch:latest"), sorted. Starts no engine: Fault::unreachable when none runs.
    virtual Task<std::vector<std::string>> references() = 0;
};

/// What there is at this moment, for a shell to offer. Of an engine's workloads only files are read, and its images are
/// asked for but a moment, so that a TAB waits for nobody; a cluster and an MCP server are asked.
class LiveValues {
public:
    explicit LiveValues(const cli::Ports& ports);

    /// Adds to a completion's candidates what its completer stands for. Throws whatever keeps it from that.
    Task<> add(cli::Completion& completion) const;

private:
    Task<std::vector<cli::Candidate>> of(cli::Completion& completion) const;
    Task<std::vector<cli::Candidate>> workloads(cli::Completer which) const;
    std::vector<cli::Candidate> workloads_of_engine(cli::Completer which) const;
    Task<std::vector<cli::Candidate>> workloads_of_cluster(cli::Completer which) const;
    Task<std::vector<cli::Candidate>> groups() const;
    Task<std::vector<cli::Candidate>> images() const;
    std::vector<cli::Candidate> servers() const;
    std::vector<cli::Candidate> secrets(std::string_view behind) const;
    Task<std::vector<cli::Candidate>> tool_call(cli::Completion& completion) const;
    Task<std::vector<cli::Candidate>> mcp_list(cli::Completion& completion) const;

    Platform platform_;
    Lazy<const RunConfigs> run_configs_;
    Lazy<const Supervisors> supervisors_;
    Lazy<Query> query_;
    Lazy<Grouping> grouping_;
    Lazy<registry::Registry> registry_;
    Lazy<McpDialer> dialer_;
    Lazy<KubeNames> kube_names_;
    Lazy<LocalImages> local_images_;
    Lazy<const Environment> environment_;
};

} // namespace thv::commands
