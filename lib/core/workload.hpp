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
};
/// A server that runs elsewhere.
struct Remote {
    std::string url;
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
    std::variant<OnEngine, Remote> place;

    bool remote() const { return std::holds_alternative<Remote>(place); }
};

} // namespace thv
