// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/drive.hpp"
#include "support/failure.hpp"
#include "thv/run_flags.hpp"
#include "workload/backend.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>
#include <string>
#include <vector>

namespace thv::test {

/// One platform to hold to the statements: the fake in memory, an engine or a cluster, as THV_TEST_BACKEND says. What a
/// test makes on it is removed at its end.
class BackendBench {
public:
    BackendBench();
    ~BackendBench();
    BackendBench(const BackendBench&) = delete;
    BackendBench& operator=(const BackendBench&) = delete;

    Query& query() const { return require<Query>(*backend_); }
    Lifecycle& lifecycle() const { return require<Lifecycle>(*backend_); }
    Logs& logs() const { return require<Logs>(*backend_); }
    Grouping& grouping() const { return require<Grouping>(*backend_); }
    /// Null on a platform that does not offer it.
    Update* update() const { return backend_->find<Update>(); }

    /// A name that nothing has.
    std::string fresh_name();
    static WorkloadName parsed(const std::string& name) { return value_or_throw(WorkloadName::parse(name)); }
    /// A group of that name, removed at the end.
    GroupName fresh_group();
    /// A server that serves, under a fresh name.
    RunConfig config();
    /// Runs it; returns its name.
    std::string run(RunConfig config);
    std::string run() { return run(config()); }
    std::string run_in(const GroupName& group);

    std::optional<Workload> find(const std::string& name) { return (*this)(query().find(parsed(name))); }
    std::vector<std::string> listed(Filter filter);

    template <typename T>
    T operator()(Task<T> task) {
        return drive(context, std::move(task));
    }
    /// The failure of a task that has to fail.
    template <typename T>
    Error failure(Task<T> task) {
        return error_of([&] { drive(context, std::move(task)); });
    }

    asio::io_context context{1};

private:
    struct Platforms;
    std::unique_ptr<Platforms> platforms_;
    std::unique_ptr<Backend> backend_;
    std::vector<std::string> workloads_;
    std::vector<GroupName> groups_;
};

/// The fault of a name's outcome; none when it worked.
std::optional<Fault> fault_of(const std::vector<Outcome>& outcomes, const std::string& name);

} // namespace thv::test
