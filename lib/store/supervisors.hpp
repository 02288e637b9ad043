// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/time.hpp"
#include "core/workload.hpp"
#include "io/files.hpp"
#include "io/task.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace thv {

/// What a live supervisor says of its workload.
struct SupervisorReport {
    int pid = 0;
    State state = State::unknown;
    std::string reason;
    int port = 0;
    std::string container_id;
    std::optional<Time> started_at; ///< when the server last became ready
};
std::string to_json(const SupervisorReport& report);
/// Throws Fault::internal for anything that is not a report.
SupervisorReport report_from_json(std::string_view text);

/// The processes that serve workloads, one each, as other processes see them. Each workload has a folder here with
/// two locks and the supervisor's control socket; the lock, not a PID, tells whether a supervisor lives.
class Supervisors {
public:
    explicit Supervisors(std::filesystem::path folder)
        : folder_(std::move(folder)) {}

    /// Held by whoever changes the workload (run, start, stop, rm): such commands exclude each other.
    std::filesystem::path operation_lock(const std::string& name) const { return folder_ / name / "operation.lock"; }
    /// Held by the supervisor for as long as it lives.
    std::filesystem::path life_lock(const std::string& name) const { return folder_ / name / "life.lock"; }

    /// Takes the operation lock; Fault::conflict when another command has held it for all of `patience`.
    Task<FileLock> begin_operation(std::string name, Duration patience) const;

    bool alive(const std::string& name) const { return FileLock::held(life_lock(name)); }
    /// Somebody is changing the workload at this moment.
    bool busy(const std::string& name) const { return FileLock::held(operation_lock(name)); }

    /// Asks many supervisors at once; one that does not live is left out, one that does not answer within a second is
    /// reported as unhealthy. Blocks the thread for at most that second.
    std::map<std::string, SupervisorReport> ask(const std::vector<std::string>& names) const;

    /// Whether a supervisor serves the workload and will go on doing so. One that is ending is waited for, also one
    /// that was killed a moment ago, for the kernel takes its time to end it. Fault::timed_out when one lives that has
    /// not answered for all of `patience`, or has not ended a minute after it began to. Blocks as `ask` does.
    Task<bool> serves(std::string name, Duration patience = std::chrono::seconds{5}) const;

    /// Asks the supervisor to stop its workload (SIGTERM, after `grace` SIGKILL) and to end, and waits until it has.
    /// False when there is none. Fault::timed_out when it has not ended 20 s after the grace.
    Task<bool> stop(std::string name, Duration grace) const;

    /// Forgets a workload of which nothing else is left. The caller holds the operation lock.
    void forget(const std::string& name) const;

private:
    std::filesystem::path folder_;
};

/// The address of a control socket. Reached through a descriptor of its folder, because a socket's path may have 107
/// bytes only and home folders and names may be longer.
class ControlAddress {
public:
    explicit ControlAddress(const std::filesystem::path& folder);
    bool exists() const { return folder_.open(); }
    std::string path() const;

private:
    Fd folder_;
};

} // namespace thv
