// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/session.hpp"

#include "cluster/api.hpp"
#include "cluster/grouping.hpp"
#include "cluster/lifecycle.hpp"
#include "cluster/logs.hpp"
#include "cluster/outgoing_auths.hpp"
#include "cluster/query.hpp"
#include "cluster/update.hpp"
#include "engine/containers.hpp"
#include "engine/discovery.hpp"
#include "engine/grouping.hpp"
#include "engine/lifecycle.hpp"
#include "engine/list.hpp"
#include "engine/logs.hpp"
#include "engine/query.hpp"
#include "engine/update.hpp"
#include "io/process.hpp"
#include "store/readiness.hpp"
#include "thv/engine_foreground.hpp"
#include "thv/session_probes.hpp"

#include <fmt/format.h>

#include <utility>

namespace thv::commands {

namespace {

/// A thing that is made when it is first asked for.
template <typename T>
class Once {
public:
    template <typename... Args>
    T& get(Args&&... args) {
        if (!thing_) thing_ = std::make_unique<T>(std::forward<Args>(args)...);
        return *thing_;
    }

private:
    std::unique_ptr<T> thing_;
};

/// Whoever is at the terminal.
secrets::Person person_at(cli::Console& console) {
    return {.ask = [&console](std::string_view question) { return console.ask_hidden(question); },
            .warn = [&console](std::string_view text) { console.warn(text); }};
}

} // namespace

/// The cluster's side: one connection, and a capability when it is asked for.
class ClusterParts {
public:
    ClusterParts(const Environment& environment, const cli::Globals& globals)
        : api_(cluster::Access::from(
              environment,
              {.kubeconfig = globals.kubeconfig, .context = globals.context, .name_space = globals.name_space})) {}

    Query& query() { return query_.get(api_); }
    Lifecycle& lifecycle() { return lifecycle_.get(api_); }
    Logs& logs() { return logs_.get(api_); }
    Grouping& grouping() { return grouping_.get(api_); }
    Update& update() { return update_.get(api_); }
    OutgoingAuths& outgoing_auths() { return outgoing_auths_.get(api_); }
    std::unique_ptr<Probes> probes() { return cluster_probes(api_); }

private:
    cluster::Api api_;
    Once<cluster::Query> query_;
    Once<cluster::Lifecycle> lifecycle_;
    Once<cluster::Logs> logs_;
    Once<cluster::Grouping> grouping_;
    Once<cluster::Update> update_;
    Once<cluster::OutgoingAuths> outgoing_auths_;
};

/// What only the other platform has.
template <typename Capability>
Error only_elsewhere(Platform platform) {
    const auto* here = platform == Platform::engine ? "a container engine" : "a cluster";
    return Error{Fault::unsupported, fmt::format("{} is not available on {}", Capability::noun, here)};
}

struct Session::Parts {
    Parts(Environment its_environment, cli::Globals its_globals, cli::Console& its_console)
        : environment(with_handed_over(std::move(its_environment)))
        , globals(std::move(its_globals))
        , platform(select_platform(environment, globals.cluster()))
        , console(its_console) {}

    Environment environment;
    cli::Globals globals;
    Platform platform;
    cli::Console& console;

    Once<ClusterParts> cluster_;
    Once<Paths> paths_;
    Once<engine::Connector> connector_;
    Once<engine::EngineContainers> containers_;
    Once<engine::EngineInventory> inventory_;
    Once<RunConfigs> run_configs_;
    Once<Statuses> statuses_;
    Once<Groups> groups_;
    Once<Supervisors> supervisors_;
    Once<secrets::Manager> secrets_;
    Once<engine::Query> query_;
    Once<engine::Lifecycle> lifecycle_;
    Once<engine::EngineLogs> logs_;
    Once<engine::Grouping> grouping_;
    Once<engine::Update> update_;
    Once<EngineForeground> foreground_;
    Once<registry::Registry> registry_;
    std::unique_ptr<Probes> probes_;
    std::unique_ptr<KubeNames> kube_names_;
    std::unique_ptr<LocalImages> local_images_;

    bool on_cluster() const { return platform == Platform::cluster; }
    ClusterParts& cluster() { return cluster_.get(environment, globals); }
    Paths& paths() { return paths_.get(Paths::from(environment)); }
    engine::Connector& connector() { return connector_.get(environment, paths()); }
    Containers& containers() {
        return containers_.get(
            connector(), environment, engine::HostLimits::of_process(),
            engine::direct_places(own_executable(), paths().supervisors()),
            engine::HidingPlaces{.rules = paths().config / "thvignore", .supervisors = paths().supervisors()},
            engine::SecretPorts{&secrets(), engine::SecretFiles{environment, paths()}});
    }
    engine::Inventory& inventory() { return inventory_.get(connector()); }
    RunConfigs& run_configs() { return run_configs_.get(paths().run_configs()); }
    Statuses& statuses() { return statuses_.get(paths().statuses()); }
    Groups& groups() { return groups_.get(paths().groups(), run_configs()); }
    Supervisors& supervisors() { return supervisors_.get(paths().supervisors()); }
    secrets::Manager& secrets() {
        return secrets_.get(secrets::Manager::Parts{.environment = environment,
                                                    .paths = paths(),
                                                    .keyring = [this] { return secrets::find_keyring(environment); },
                                                    .person = person_at(console)});
    }
    engine::Lifecycle& lifecycle() {
        return lifecycle_.get(engine::Lifecycle::Ports{.containers = containers(),
                                                       .inventory = inventory(),
                                                       .run_configs = run_configs(),
                                                       .statuses = statuses(),
                                                       .groups = groups(),
                                                       .supervisors = supervisors(),
                                                       .paths = paths(),
                                                       .secrets = secrets(),
                                                       .secret_files = engine::SecretFiles{environment, paths()},
                                                       .environment = environment});
    }
    EngineForeground& foreground() {
        return foreground_.get(EngineForeground::Parts{.lifecycle = lifecycle(),
                                                       .supervisor = {.containers = containers(),
                                                                      .run_configs = run_configs(),
                                                                      .statuses = statuses(),
                                                                      .supervisors = supervisors(),
                                                                      .secrets = secrets()},
                                                       .environment = environment,
                                                       .console = console,
                                                       .debug = globals.debug});
    }
};

Session::Session(Environment environment, cli::Globals globals, cli::Console& console)
    : parts_(std::make_unique<Parts>(std::move(environment), std::move(globals), console)) {}

Session::~Session() = default;

const Environment& Session::environment() const {
    return parts_->environment;
}

const Paths& Session::paths() {
    return parts_->paths();
}

const Platform& Session::platform() const {
    return parts_->platform;
}

Query& Session::query() {
    auto& parts = *parts_;
    if (parts.on_cluster()) return parts.cluster().query();
    return parts.query_.get(parts.inventory(), parts.run_configs(), parts.statuses(), parts.supervisors());
}

Lifecycle& Session::lifecycle() {
    if (parts_->on_cluster()) return parts_->cluster().lifecycle();
    return parts_->lifecycle();
}

Logs& Session::logs() {
    if (parts_->on_cluster()) return parts_->cluster().logs();
    return parts_->logs_.get(parts_->connector(), parts_->run_configs(), parts_->paths());
}

Grouping& Session::grouping() {
    if (parts_->on_cluster()) return parts_->cluster().grouping();
    return parts_->grouping_.get(parts_->groups(), parts_->run_configs());
}

Update& Session::update() {
    if (parts_->on_cluster()) return parts_->cluster().update();
    return parts_->update_.get(parts_->lifecycle());
}

OutgoingAuths& Session::outgoing_auths() {
    if (!parts_->on_cluster()) throw only_elsewhere<OutgoingAuths>(parts_->platform);
    return parts_->cluster().outgoing_auths();
}

Foreground& Session::foreground() {
    if (parts_->on_cluster()) throw only_elsewhere<Foreground>(parts_->platform);
    return parts_->foreground();
}

registry::Registry& Session::registry() {
    return parts_->registry_.get(parts_->paths(), parts_->environment);
}

secrets::Manager& Session::secrets() {
    return parts_->secrets();
}

const RunConfigs& Session::run_configs() {
    return parts_->run_configs();
}

const Supervisors& Session::supervisors() {
    return parts_->supervisors();
}

KubeNames& Session::kube_names() {
    auto& names = parts_->kube_names_;
    if (!names) names = commands::kube_names(parts_->environment, parts_->globals);
    return *names;
}

LocalImages& Session::local_images() {
    auto& images = parts_->local_images_;
    if (!images) images = commands::local_images(parts_->environment, parts_->paths());
    return *images;
}

Probes& Session::probes() {
    auto& parts = *parts_;
    if (!parts.probes_)
        parts.probes_ = parts.on_cluster() ? parts.cluster().probes() : engine_probes(parts.environment, parts.paths());
    return *parts.probes_;
}

} // namespace thv::commands
