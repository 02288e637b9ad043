// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/session.hpp"

#include "engine/containers.hpp"
#include "engine/discovery.hpp"
#include "engine/grouping.hpp"
#include "engine/lifecycle.hpp"
#include "engine/list.hpp"
#include "engine/logs.hpp"
#include "engine/query.hpp"
#include "thv/engine_foreground.hpp"

#include <utility>

namespace thv::commands {

namespace {

/// A thing that is made when it is first asked for.
template <typename T>
class Lazy {
public:
    template <typename... Args>
    T& get(Args&&... args) {
        if (!thing_) thing_ = std::make_unique<T>(std::forward<Args>(args)...);
        return *thing_;
    }

private:
    std::unique_ptr<T> thing_;
};

class EngineProbes : public Probes {
public:
    EngineProbes(Environment environment, Paths paths)
        : environment_(std::move(environment))
        , paths_(std::move(paths)) {}

    Task<std::vector<Probe>> probe() override {
        std::vector<Probe> probes;
        for (auto& seen : co_await engine::probe_engines(environment_, paths_))
            probes.push_back({.source = seen.source,
                              .socket = seen.socket,
                              .answered = seen.answered,
                              .reason = seen.reason,
                              .engine = seen.engine,
                              .version = seen.version,
                              .api_version = seen.api_version});
        co_return probes;
    }

private:
    Environment environment_;
    Paths paths_;
};

} // namespace

struct Session::Parts {
    Parts(Environment its_environment, cli::Globals its_globals, cli::Console& its_console)
        : environment(std::move(its_environment))
        , globals(its_globals)
        , console(its_console) {}

    Environment environment;
    cli::Globals globals;
    cli::Console& console;

    Lazy<Paths> paths_;
    Lazy<engine::Connector> connector_;
    Lazy<engine::EngineContainers> containers_;
    Lazy<engine::EngineInventory> inventory_;
    Lazy<RunConfigs> run_configs_;
    Lazy<Statuses> statuses_;
    Lazy<Groups> groups_;
    Lazy<Supervisors> supervisors_;
    Lazy<engine::Query> query_;
    Lazy<engine::Lifecycle> lifecycle_;
    Lazy<engine::EngineLogs> logs_;
    Lazy<engine::Grouping> grouping_;
    Lazy<EngineForeground> foreground_;
    Lazy<EngineProbes> probes_;

    Paths& paths() { return paths_.get(Paths::from(environment)); }
    engine::Connector& connector() { return connector_.get(environment, paths()); }
    Containers& containers() { return containers_.get(connector(), environment, engine::HostLimits::of_process()); }
    engine::Inventory& inventory() { return inventory_.get(connector()); }
    RunConfigs& run_configs() { return run_configs_.get(paths().run_configs()); }
    Statuses& statuses() { return statuses_.get(paths().statuses()); }
    Groups& groups() { return groups_.get(paths().groups(), run_configs()); }
    Supervisors& supervisors() { return supervisors_.get(paths().supervisors()); }
    engine::Lifecycle& lifecycle() {
        return lifecycle_.get(engine::Lifecycle::Ports{.containers = containers(),
                                                       .inventory = inventory(),
                                                       .run_configs = run_configs(),
                                                       .statuses = statuses(),
                                                       .groups = groups(),
                                                       .supervisors = supervisors(),
                                                       .paths = paths()});
    }
    EngineForeground& foreground() {
        return foreground_.get(EngineForeground::Parts{.lifecycle = lifecycle(),
                                                       .supervisor = {.containers = containers(),
                                                                      .run_configs = run_configs(),
                                                                      .statuses = statuses(),
                                                                      .supervisors = supervisors()},
                                                       .environment = environment,
                                                       .console = console,
                                                       .debug = globals.debug});
    }
};

Session::Session(Environment environment, cli::Globals globals, cli::Console& console)
    : parts_(std::make_unique<Parts>(std::move(environment), globals, console)) {}

Session::~Session() = default;

const Environment& Session::environment() const {
    return parts_->environment;
}

const Paths& Session::paths() {
    return parts_->paths();
}

Query& Session::query() {
    auto& parts = *parts_;
    return parts.query_.get(parts.inventory(), parts.run_configs(), parts.statuses(), parts.supervisors());
}

Lifecycle& Session::lifecycle() {
    return parts_->lifecycle();
}

Logs& Session::logs() {
    return parts_->logs_.get(parts_->connector(), parts_->run_configs(), parts_->paths());
}

Grouping& Session::grouping() {
    return parts_->grouping_.get(parts_->groups(), parts_->run_configs());
}

Foreground& Session::foreground() {
    return parts_->foreground();
}

Probes& Session::probes() {
    return parts_->probes_.get(parts_->environment, parts_->paths());
}

} // namespace thv::commands
