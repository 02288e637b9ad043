// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "workload/grouping.hpp"
#include "workload/lifecycle.hpp"
#include "workload/logs.hpp"
#include "workload/outgoing_auths.hpp"
#include "workload/query.hpp"
#include "workload/update.hpp"

#include <map>
#include <string>
#include <vector>

namespace thv::test {

/// An engine in memory that works: what is run can be listed, stopped, removed and moved. Tests set it up and look at
/// what became of it.
class FakeEngine final : public Query,
                         public Lifecycle,
                         public Logs,
                         public Grouping,
                         public Update,
                         public OutgoingAuths {
public:
    struct Line {
        std::string text;
        bool to_stderr = false;
    };

    std::map<std::string, Workload> workloads;
    std::map<std::string, RunConfig> configs; ///< of those that were run here
    std::map<std::string, Group> group_files;
    std::map<std::string, std::vector<Line>> server_logs;
    std::map<std::string, std::vector<Line>> proxy_logs;
    std::map<std::string, Error> broken; ///< every change of this workload fails like this
    bool reachable = true;
    bool forced = false;                           ///< the last update was to take over what others own
    std::vector<std::function<void()>> happenings; ///< what changes during a watch, which ends after the last of them
    std::vector<OutgoingAuth> auths;
    Filter last_filter;
    Ending last_ending;
    Waiting last_waiting;
    std::vector<std::string> started; ///< in order, also those that were started again
    TailOptions last_tail;

    /// A running workload of an image "example/NAME:1".
    Workload& add(const std::string& name, State state = State::running, const std::string& group = "default");
    std::vector<std::string> names() const;
    std::vector<std::string> running() const;

    Task<> scan(Filter filter, WorkloadSink sink) override;
    Task<std::optional<Workload>> find(WorkloadName name) override;
    Task<RunConfig> config(WorkloadName name) override;
    Task<> scan_configs(Filter filter, ConfigSink sink) override;
    Task<> watch(Filter filter, ChangeSink sink) override;
    Task<std::string> run(RunConfig wanted, Waiting waiting) override;
    Task<std::string> preview(RunConfig wanted) override;
    Task<std::vector<Outcome>> start(std::vector<std::string> names, bool again, Waiting waiting) override;
    Task<std::vector<Outcome>> stop(std::vector<std::string> names, Ending ending) override;
    Task<std::vector<Outcome>> remove(std::vector<std::string> names, Ending ending) override;
    Task<std::vector<OutgoingAuth>> outgoing_auths() override;
    Task<std::string> replace(RunConfig next, bool force, Waiting waiting) override;
    Task<> tail(WorkloadName name, TailOptions options, LineSink sink) override;
    Task<std::vector<Group>> groups() override;
    Task<> create(GroupName name) override;
    Task<> erase(GroupName name) override;
    Task<std::vector<std::string>> members(GroupName name) override;
    Task<std::vector<Outcome>> move(std::vector<std::string> names, std::optional<GroupName> from,
                                    GroupName to) override;

private:
    void answer() const;
    void check_new(const RunConfig& wanted) const;
    std::string put(RunConfig wanted);
    Workload& existing(const std::string& name);
    std::vector<Outcome> each(const std::vector<std::string>& names, const std::function<void(Workload&)>& change);
    bool has_group(const std::string& name) const;
};

} // namespace thv::test
