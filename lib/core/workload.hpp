// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/run_config.hpp"
#include "core/time.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace thv {

/// The states of upstream's status files.
enum class State {
    running,
    stopped,
    error,
    starting,
    stopping,
    unhealthy,
    removing,
    unknown,
    unauthenticated,
    auth_retrying,
    policy_stopped,
};
std::string_view to_string(State state);
/// `unknown` for a word that is none of them.
State parse_state(std::string_view text);
/// Nothing of it runs or is about to: what `thv ls` leaves out without --all.
constexpr bool at_rest(State state) {
    return state == State::stopped || state == State::error || state == State::policy_stopped;
}

/// What only a workload on a container engine has.
struct OnEngine {
    std::string container_id;    ///< empty: there is no container
    std::string container_state; ///< the engine's own word: "running", "exited", …
    int supervisor_pid = 0;      ///< 0: no supervisor runs
    bool operator==(const OnEngine&) const = default;
};
/// A server that runs elsewhere.
struct Remote {
    std::string url;
    bool operator==(const Remote&) const = default;
};
/// How many of the pods that something should have are ready.
struct PodCount {
    int ready = 0;
    int wanted = 0;
    bool operator==(const PodCount&) const = default;
};
/// A condition of a Kubernetes object.
struct Condition {
    std::string type;
    std::string status; ///< "True", "False" or "Unknown"
    std::string reason;
    std::string message;
    bool operator==(const Condition&) const = default;
};
/// What only a workload on a Kubernetes cluster has.
struct OnCluster {
    std::string name_space = {};
    std::string kind = {};              ///< "MCPServer", "MCPRemoteProxy" or "MCPServerEntry"
    std::string phase = {};             ///< the operator's own word; empty: it has not said anything yet
    bool current = true;                ///< the operator has seen the newest specification
    std::optional<PodCount> proxy = {}; ///< none: not known
    std::optional<PodCount> backend = {};
    std::vector<Condition> conditions = {};
    std::string remote_url = {};                         ///< of a remote proxy and of an entry
    std::string auth_config = {};                        ///< the MCPExternalAuthConfig that it refers to
    std::map<std::string, std::string> annotations = {}; ///< the user's own
    bool operator==(const OnCluster&) const = default;
};

/// One workload as it was observed: what is shown is what is true.
struct Workload {
    std::string name;
    State state = State::unknown;
    std::string reason;  ///< why it is in that state; may be empty
    std::string package; ///< the image, or "remote"
    std::string url;
    int port = 0;
    std::string transport;
    std::string proxy_mode;
    std::string group;
    std::map<std::string, std::string> labels; ///< the user's own
    std::optional<Time> created_at;
    std::optional<Time> started_at;
    std::variant<OnEngine, Remote, OnCluster> place;

    bool remote() const { return std::holds_alternative<Remote>(place); }
    /// Null for one that is not on a cluster.
    const OnCluster* on_cluster() const { return std::get_if<OnCluster>(&place); }
    bool operator==(const Workload&) const = default;
};

} // namespace thv
