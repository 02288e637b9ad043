// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"

#include "cli/console.hpp"
#include "support/fake_engine.hpp"
#include "thv/session.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace thv::test {

namespace {

std::string number() {
    static int count = 0;
    return fmt::format("{}-{}", ::getpid(), ++count);
}

} // namespace

struct BackendBench::Platforms {
    Environment environment = Environment::of_process();
    std::string kind = environment.get_or("THV_TEST_BACKEND", "");
    FakeEngine fake;
    cli::Console console = cli::Console::of_process(environment);
    commands::Session session{environment, {}, console};

    Backend backend() {
        if (kind == "fake") return {.name = kind, .capabilities = {&fake, &fake, &fake, &fake, &fake}};
        if (kind.empty()) throw std::runtime_error{"THV_TEST_BACKEND is not set"};
        auto* update = session.platform() == Platform::cluster ? &session.update() : nullptr;
        return {.name = kind,
                .capabilities = {&session.query(), &session.lifecycle(), &session.logs(), &session.grouping(), update}};
    }
};

BackendBench::BackendBench()
    : platforms_(std::make_unique<Platforms>())
    , backend_(std::make_unique<Backend>(platforms_->backend())) {}

BackendBench::~BackendBench() {
    try {
        const Ending at_once{.force = true};
        (*this)(lifecycle().remove(workloads_, at_once));
        for (const auto& group : groups_)
            (*this)(grouping().erase(group));
    } catch (const Error&) {
        // The test has removed it itself; what was left by mistake goes with the platform.
    }
}

std::string BackendBench::fresh_name() {
    workloads_.push_back("contract-" + number());
    return workloads_.back();
}

GroupName BackendBench::fresh_group() {
    auto group = value_or_throw(GroupName::parse("contract-group-" + number()));
    (*this)(grouping().create(group));
    groups_.push_back(group);
    return group;
}

RunConfig BackendBench::config() {
    commands::RunFlags flags;
    flags.image = platforms_->environment.get_or("THV_TEST_IMAGE", "example/server:1");
    flags.name = fresh_name();
    flags.transport = "stdio";
    flags.env = {"COLOUR=blue"};
    flags.labels = {"contract=" + *flags.name};
    return commands::run_config_from(flags, platforms_->environment, "/", platforms_->session.platform());
}

std::string BackendBench::run(RunConfig config) {
    auto name = config.name;
    (*this)(lifecycle().run(std::move(config), {.limit = std::chrono::minutes{1}}));
    return name;
}

std::string BackendBench::run_in(const GroupName& group) {
    auto grouped = config();
    grouped.group = group.str();
    return run(std::move(grouped));
}

std::vector<std::string> BackendBench::listed(Filter filter) {
    std::vector<std::string> names;
    for (const auto& workload : (*this)(query().list(std::move(filter))))
        names.push_back(workload.name);
    return names;
}

std::optional<Fault> fault_of(const std::vector<Outcome>& outcomes, const std::string& name) {
    const auto found = std::ranges::find(outcomes, name, &Outcome::name);
    if (found == outcomes.end()) throw std::runtime_error{"no outcome for " + name};
    return found->error ? std::optional{found->error->fault()} : std::nullopt;
}

} // namespace thv::test
